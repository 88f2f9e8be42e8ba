package i18n

import (
	"github.com/go-playground/locales/ar"
	"github.com/go-playground/locales/cs"
	"github.com/go-playground/locales/fa"
	"github.com/go-playground/locales/he"
	"github.com/go-playground/locales/hi"
	"github.com/go-playground/locales/hu"
	"github.com/go-playground/locales/id"
	"github.com/go-playground/locales/ja"
	"github.com/go-playground/locales/ko"
	"github.com/go-playground/locales/pl"
	"github.com/go-playground/locales/ro"
	"github.com/go-playground/locales/ru"
	"github.com/go-playground/locales/th"
	"github.com/go-playground/locales/uk"
	"github.com/go-playground/locales/vi"
	"github.com/go-playground/locales/zh"
	"github.com/go-playground/locales/zh_Hant"
)

func polish() Conventions {
	c := habits(pl.New(), figures{",", " ", "#%", "# ¤"},
		days{"dd.MM.y", "d MMM y", "d MMMM y", "EEEE, d MMMM y"}, "HH:mm", ", ").
		words("i", "lub").symbols("PLN", "zł")
	c.GroupFrom = 2
	return c
}

func czech() Conventions {
	return habits(cs.New(), figures{",", " ", "# %", "# ¤"},
		days{"dd.MM.yy", "d. M. y", "d. MMMM y", "EEEE d. MMMM y"}, "H:mm", " ").
		words("a", "nebo").symbols("CZK", "Kč")
}

func russian() Conventions {
	c := habits(ru.New(), figures{",", " ", "# %", "# ¤"},
		days{"dd.MM.y", "d MMM y 'г'.", "d MMMM y 'г'.", "EEEE, d MMMM y 'г'."}, "HH:mm", ", ").
		words("и", "или").symbols("RUB", "₽", "UAH", "₴", "USD", "$")
	c.Bytes = []string{"Б", "КБ", "МБ", "ГБ", "ТБ"}
	return c
}

func ukrainian() Conventions {
	c := habits(uk.New(), figures{",", " ", "#%", "# ¤"},
		days{"dd.MM.yy", "d MMM y 'р'.", "d MMMM y 'р'.", "EEEE, d MMMM y 'р'."}, "HH:mm", ", ").
		words("і", "або").symbols("UAH", "₴")
	c.Bytes = []string{"Б", "кБ", "МБ", "ГБ", "ТБ"}
	return c
}

func hungarian() Conventions {
	return habits(hu.New(), figures{",", " ", "#%", "# ¤"},
		days{"y. MM. dd.", "y. MMM d.", "y. MMMM d.", "y. MMMM d., EEEE"}, "H:mm", " ").
		words("és", "vagy").symbols("HUF", "Ft")
}

func romanian() Conventions {
	return habits(ro.New(), figures{",", ".", "# %", "# ¤"},
		days{"dd.MM.y", "d MMM y", "d MMMM y", "EEEE, d MMMM y"}, "HH:mm", ", ").words("și", "sau")
}

func japanese() Conventions {
	c := habits(ja.New(), figures{".", ",", "#%", "¤#"},
		days{"y/MM/dd", "y/MM/dd", "y年M月d日", "y年M月d日EEEE"}, "H:mm", " ").
		symbols("JPY", "￥", "CNY", "元")
	c.And = Joiner{"、", "、", "、"}
	c.Or = Joiner{"または", "、", "、または"}
	return c
}

func simplifiedChinese() Conventions {
	c := habits(zh.New(), figures{".", ",", "#%", "¤#"},
		days{"y/M/d", "y年M月d日", "y年M月d日", "y年M月d日EEEE"}, "HH:mm", " ").symbols("CNY", "¥")
	c.And = Joiner{"和", "、", "和"}
	c.Or = Joiner{"或", "、", "或"}
	return c
}

func traditionalChinese() Conventions {
	c := habits(zh_Hant.New(), figures{".", ",", "#%", "¤#"},
		days{"y/M/d", "y年M月d日", "y年M月d日", "y年M月d日 EEEE"}, "ah:mm", " ").
		halves("上午", "下午").symbols("TWD", "$", "JPY", "¥")
	c.And = Joiner{"和", "、", "和"}
	c.Or = Joiner{"或", "、", "或"}
	return c
}

func korean() Conventions {
	return habits(ko.New(), figures{".", ",", "#%", "¤#"},
		days{"yy. M. d.", "y. M. d.", "y년 M월 d일", "y년 M월 d일 EEEE"}, "a\u00a0h:mm", " ").
		words("및", "또는").halves("오전", "오후")
}

func thai() Conventions {
	c := habits(th.New(), figures{".", ",", "#%", "¤#"},
		days{"d/M/yy", "d MMM y", "d MMMM 'ค.ศ.' y", "EEEE'ที่' d MMMM 'ค.ศ.' y"}, "HH:mm", " ").
		symbols("THB", "฿")
	c.And = Joiner{"และ", ", ", " และ"}
	c.Or = Joiner{"หรือ", ", ", " หรือ"}
	return c
}

func vietnamese() Conventions {
	return habits(vi.New(), figures{",", ".", "#%", "# ¤"},
		days{"dd/MM/y", "d MMM, y", "d MMMM, y", "EEEE, d MMMM, y"}, "HH:mm", " ").words("và", "hoặc")
}

func indonesian() Conventions {
	return habits(id.New(), figures{",", ".", "#%", "¤ #"},
		days{"dd/MM/yy", "d MMM y", "d MMMM y", "EEEE, dd MMMM y"}, "HH.mm", " ").
		words("dan", "atau").serial().symbols("IDR", "Rp")
}

func hindi() Conventions {
	c := habits(hi.New(), figures{".", ",", "#%", "¤#"},
		days{"d/M/yy", "d MMM y", "d MMMM y", "EEEE, d MMMM y"}, "h:mm\u00a0a", ", ").
		words("और", "या").halves("am", "pm").symbols("USD", "$")
	c.Grouping = []int{3, 2}
	return c
}

// arabic writes Western digits. Half of the Arabic-speaking countries do, and
// in a support portal numbers stand beside order numbers, versions and error
// codes that customers type and copy. A host for readers of ٠١٢٣ sets Digits,
// Decimal, Group and Percent in Options.Locales.
func arabic() Conventions {
	c := habits(ar.New(), figures{".", ",", "#%", "# ¤"},
		days{"d\u200f/M\u200f/y", "dd\u200f/MM\u200f/y", "d MMMM y", "EEEE، d MMMM y"}, "h:mm\u00a0a", "، ").
		halves("ص", "م")
	c.Minus = "\u200e-"
	c.And = Joiner{" و", " و", " و"}
	c.Or = Joiner{" أو ", " أو ", " أو "}
	c.Bytes = []string{"بايت", "كيلوبايت", "ميغابايت", "غيغابايت", "تيرابايت"}
	return c
}

func hebrew() Conventions {
	c := habits(he.New(), figures{".", ",", "#%", "# ¤"},
		days{"d.M.y", "d בMMM y", "d בMMMM y", "EEEE, d בMMMM y"}, "H:mm", ", ").symbols("USD", "$")
	c.Minus = "\u200e-"
	c.And = Joiner{" ו", ", ", " ו"}
	c.Or = Joiner{" או ", ", ", " או "}
	return c
}

func persian() Conventions {
	c := habits(fa.New(), figures{"٫", "٬", "#٪", "\u200e¤ #"},
		days{"y/M/d", "d MMM y", "d MMMM y", "EEEE d MMMM y"}, "H:mm", "، ").
		words("و", "یا").symbols("USD", "$", "JPY", "¥")
	c.Digits, c.Minus = "۰۱۲۳۴۵۶۷۸۹", "\u200e\u2212"
	c.And.Comma, c.And.Last, c.Or.Comma, c.Or.Last = "، ", "، و ", "، ", "، یا "
	return c
}
