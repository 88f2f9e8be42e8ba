package i18n_test

import (
	"strings"
	"testing"
	"time"

	"github.com/go-playground/locales"
	"github.com/go-playground/locales/ar"
	"github.com/go-playground/locales/cs"
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
	"github.com/go-playground/locales/fa"
	"github.com/go-playground/locales/fi"
	"github.com/go-playground/locales/fr"
	"github.com/go-playground/locales/he"
	"github.com/go-playground/locales/hi"
	"github.com/go-playground/locales/hu"
	"github.com/go-playground/locales/id"
	"github.com/go-playground/locales/it"
	"github.com/go-playground/locales/ja"
	"github.com/go-playground/locales/ko"
	"github.com/go-playground/locales/nb"
	"github.com/go-playground/locales/nl"
	"github.com/go-playground/locales/pl"
	"github.com/go-playground/locales/pt"
	"github.com/go-playground/locales/pt_PT"
	"github.com/go-playground/locales/ro"
	"github.com/go-playground/locales/ru"
	"github.com/go-playground/locales/sv"
	"github.com/go-playground/locales/th"
	"github.com/go-playground/locales/tr"
	"github.com/go-playground/locales/uk"
	"github.com/go-playground/locales/vi"
	"github.com/go-playground/locales/zh"
	"github.com/go-playground/locales/zh_Hant"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"

	"github.com/stoa-go/stoa/i18n"
)

// others is CLDR as another library has it. Ours was written apart from its
// patterns, so where the two agree neither is likely to be wrong.
func others() map[i18n.Locale]locales.Translator {
	return map[i18n.Locale]locales.Translator{
		"ar": ar.New(), "cs": cs.New(), "da": da.New(), "de": de.New(), "de-AT": de_AT.New(), "de-CH": de_CH.New(),
		"el": el.New(), "en": en.New(), "en-GB": en_GB.New(), "en-IN": en_IN.New(), "es": es.New(), "es-MX": es_MX.New(),
		"fa": fa.New(), "fi": fi.New(), "fr": fr.New(), "he": he.New(), "hi": hi.New(), "hu": hu.New(), "id": id.New(),
		"it": it.New(), "ja": ja.New(), "ko": ko.New(), "nb": nb.New(), "nl": nl.New(), "pl": pl.New(), "pt": pt.New(),
		"pt-PT": pt_PT.New(), "ro": ro.New(), "ru": ru.New(), "sv": sv.New(), "th": th.New(), "tr": tr.New(),
		"uk": uk.New(), "vi": vi.New(), "zh": zh.New(), "zh-Hant": zh_Hant.New(),
	}
}

// differs lists what we write otherwise, and why.
var differs = map[string]string{
	"fi full":  "the other prints the pattern's letters cccc",
	"th long":  "the era is short in ours",
	"th full":  "the era is short in ours",
	"fa short": "digits", "fa medium": "digits", "fa long": "digits", "fa full": "digits", "fa time": "digits",
	"zh time": "CLDR has had the 24-hour clock since version 38",
	"ko time": "CLDR has had 오전 and 오후 in short times since version 38",
}

func TestDatesAgreeWithCLDR(t *testing.T) {
	catalog := newCatalog(t, nil)
	for l, other := range others() {
		p := catalog.In(l)
		require.Equal(t, l, p.Locale())
		for month := range 12 {
			at := time.Date(2026, time.Month(month+1), month*2+1, month*2, 5, 9, 0, time.UTC)
			for style, want := range map[string]string{
				"short": other.FmtDateShort(at), "medium": other.FmtDateMedium(at),
				"long": other.FmtDateLong(at), "full": other.FmtDateFull(at),
			} {
				if differs[string(l)+" "+style] == "" {
					require.Equal(t, want, p.Date(at, i18n.Style(style)), "%s %s", l, style)
				}
			}
			if differs[string(l)+" time"] == "" {
				require.Equal(t, lower(other.FmtTimeShort(at)), lower(p.Time(at, i18n.StyleShort)), "%s", l)
				require.Equal(t, lower(other.FmtTimeMedium(at)), lower(p.Time(at, i18n.StyleMedium)), "%s", l)
			}
		}
	}
}

// lower evens out AM, which the other writes small, and the space before it.
func lower(s string) string {
	return strings.ReplaceAll(strings.ToLower(s), "\u00a0", " ")
}

// TestNumbersAgreeWithCLDR compares with x/text, whose data is older.
func TestNumbersAgreeWithCLDR(t *testing.T) {
	catalog := newCatalog(t, nil)
	changed := map[i18n.Locale]string{
		"ar": "Western digits, on purpose",
		"fr": "narrow spaces since CLDR 34",
	}
	for l := range others() {
		if changed[l] != "" {
			continue
		}
		p, other := catalog.In(l), message.NewPrinter(language.MustParse(string(l)))
		for _, n := range []float64{0, 1, -1, 12, 999, 12345, -1234567, 0.5, 1234567.25, -0.001} {
			want := other.Sprint(number.Decimal(n))
			require.Equal(t, want, p.Number(n), "%s %v", l, n)
		}
		require.Equal(t, other.Sprint(number.Percent(0.455, number.Scale(1))), p.Percent(0.455, 1), "%s", l)
	}
}
