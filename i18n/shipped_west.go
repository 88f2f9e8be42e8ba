package i18n

import (
	"github.com/go-playground/locales/da"
	"github.com/go-playground/locales/de"
	"github.com/go-playground/locales/de_AT"
	"github.com/go-playground/locales/de_CH"
	"github.com/go-playground/locales/el"
	"github.com/go-playground/locales/en"
	"github.com/go-playground/locales/en_GB"
	"github.com/go-playground/locales/en_IN"
	"github.com/go-playground/locales/es"
	"github.com/go-playground/locales/es_MX"
	"github.com/go-playground/locales/fi"
	"github.com/go-playground/locales/fr"
	"github.com/go-playground/locales/it"
	"github.com/go-playground/locales/nb"
	"github.com/go-playground/locales/nl"
	"github.com/go-playground/locales/pt"
	"github.com/go-playground/locales/pt_PT"
	"github.com/go-playground/locales/sv"
	"github.com/go-playground/locales/tr"
)

func english() Conventions {
	return habits(en.New(), figures{".", ",", "#%", "¤#"},
		days{"M/d/yy", "MMM d, y", "MMMM d, y", "EEEE, MMMM d, y"}, "h:mm\u00a0a", ", ").
		words("and", "or").serial().symbols("USD", "$", "JPY", "¥")
}

func britishEnglish() Conventions {
	return habits(en_GB.New(), figures{".", ",", "#%", "¤#"},
		days{"dd/MM/y", "d MMM y", "d MMMM y", "EEEE, d MMMM y"}, "HH:mm", ", ").
		words("and", "or").symbols("USD", "US$")
}

func indianEnglish() Conventions {
	c := habits(en_IN.New(), figures{".", ",", "#%", "¤#"},
		days{"dd/MM/yy", "dd-MMM-y", "d MMMM y", "EEEE, d MMMM, y"}, "h:mm\u00a0a", ", ").
		words("and", "or").halves("am", "pm").symbols("USD", "$")
	c.Grouping = []int{3, 2}
	return c
}

func german() Conventions {
	return habits(de.New(), figures{",", ".", "# %", "# ¤"},
		days{"dd.MM.yy", "dd.MM.y", "d. MMMM y", "EEEE, d. MMMM y"}, "HH:mm", ", ").
		words("und", "oder").symbols("USD", "$", "JPY", "¥")
}

func austrianGerman() Conventions {
	return Conventions{
		Group: "\u00a0", Money: "¤\u00a0#",
		Months: de_AT.New().MonthsWide(), MonthsShort: de_AT.New().MonthsAbbreviated(),
	}
}

func swissGerman() Conventions {
	return Conventions{
		Decimal: ".", Group: "’", Percent: "#%", Money: "¤\u00a0#",
		Months: de_CH.New().MonthsWide(), MonthsShort: de_CH.New().MonthsAbbreviated(),
	}
}

func french() Conventions {
	c := habits(fr.New(), figures{",", "\u202f", "#\u202f%", "# ¤"},
		days{"dd/MM/y", "d MMM y", "d MMMM y", "EEEE d MMMM y"}, "HH:mm", ", ").
		words("et", "ou").symbols("USD", "$US", "CAD", "$CA", "GBP", "£GB")
	c.Bytes = []string{"o", "ko", "Mo", "Go", "To"}
	return c
}

func italian() Conventions {
	return habits(it.New(), figures{",", ".", "#%", "# ¤"},
		days{"dd/MM/yy", "d MMM y", "d MMMM y", "EEEE d MMMM y"}, "HH:mm", ", ").words("e", "o")
}

func dutch() Conventions {
	return habits(nl.New(), figures{",", ".", "#%", "¤ -#"},
		days{"dd-MM-y", "d MMM y", "d MMMM y", "EEEE d MMMM y"}, "HH:mm", " ").words("en", "of")
}

func greek() Conventions {
	return habits(el.New(), figures{",", ".", "#%", "# ¤"},
		days{"d/M/yy", "d MMM y", "d MMMM y", "EEEE, d MMMM y"}, "h:mm\u00a0a", ", ").
		words("και", "ή").halves("π.μ.", "μ.μ.").symbols("USD", "$")
}

func turkish() Conventions {
	return habits(tr.New(), figures{",", ".", "%#", "¤#"},
		days{"d.MM.y", "d MMM y", "d MMMM y", "d MMMM y EEEE"}, "HH:mm", " ").
		words("ve", "veya").symbols("USD", "$", "TRY", "₺")
}

func spanish() Conventions {
	c := habits(es.New(), figures{",", ".", "# %", "# ¤"},
		days{"d/M/yy", "d MMM y", "d 'de' MMMM 'de' y", "EEEE, d 'de' MMMM 'de' y"}, "H:mm", ", ").
		words("y", "o")
	c.GroupFrom = 2
	return c
}

func mexicanSpanish() Conventions {
	c := habits(es_MX.New(), figures{".", ",", "# %", "¤#"},
		days{"dd/MM/yy", "d MMM y", "d 'de' MMMM 'de' y", "EEEE, d 'de' MMMM 'de' y"}, "H:mm", ", ").
		words("y", "o").symbols("MXN", "$", "USD", "USD")
	c.GroupFrom = 1
	return c
}

func portuguese() Conventions {
	return habits(pt.New(), figures{",", ".", "#%", "¤ #"},
		days{"dd/MM/y", "d 'de' MMM 'de' y", "d 'de' MMMM 'de' y", "EEEE, d 'de' MMMM 'de' y"}, "HH:mm", ", ").
		words("e", "ou")
}

func europeanPortuguese() Conventions {
	c := habits(pt_PT.New(), figures{",", " ", "#%", "# ¤"},
		days{"dd/MM/yy", "dd/MM/y", "d 'de' MMMM 'de' y", "EEEE, d 'de' MMMM 'de' y"}, "HH:mm", ", ").
		words("e", "ou")
	c.GroupFrom = 2
	return c
}

func swedish() Conventions {
	c := habits(sv.New(), figures{",", " ", "# %", "# ¤"},
		days{"y-MM-dd", "d MMM y", "d MMMM y", "EEEE d MMMM y"}, "HH:mm", " ").
		words("och", "eller").symbols("SEK", "kr")
	c.Minus = "\u2212"
	return c
}

func danish() Conventions {
	return habits(da.New(), figures{",", ".", "# %", "# ¤"},
		days{"dd.MM.y", "d. MMM y", "d. MMMM y", "EEEE 'den' d. MMMM y"}, "HH.mm", " ").
		words("og", "eller").symbols("DKK", "kr.", "USD", "$")
}

func norwegian() Conventions {
	c := habits(nb.New(), figures{",", " ", "# %", "# ¤"},
		days{"dd.MM.y", "d. MMM y", "d. MMMM y", "EEEE d. MMMM y"}, "HH:mm", ", ").
		words("og", "eller").symbols("NOK", "kr")
	c.Minus = "\u2212"
	return c
}

func finnish() Conventions {
	c := habits(fi.New(), figures{",", " ", "# %", "# ¤"},
		days{"d.M.y", "d.M.y", "d. MMMM y", "EEEE d. MMMM y"}, "H.mm", " klo ").
		words("ja", "tai").symbols("USD", "$")
	c.Minus = "\u2212"
	c.Days = []string{"sunnuntai", "maanantai", "tiistai", "keskiviikko", "torstai", "perjantai", "lauantai"}
	return c
}
