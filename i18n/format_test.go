package i18n_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/i18n"
)

// Signs that do not show in a golden value.
const (
	nbsp = "\u00a0" // no-break space
	thin = "\u202f" // narrow no-break space
	lrm  = "\u200e"
	rlm  = "\u200f"
)

func TestNumber(t *testing.T) {
	catalog := newCatalog(t, nil)
	for l, want := range map[i18n.Locale][4]string{
		//          1234567.5              -1234        0.455       1234
		"en":      {"1,234,567.5", "-1,234", "0.455", "1,234"},
		"en-IN":   {"12,34,567.5", "-1,234", "0.455", "1,234"},
		"hi":      {"12,34,567.5", "-1,234", "0.455", "1,234"},
		"de":      {"1.234.567,5", "-1.234", "0,455", "1.234"},
		"de-AT":   {"1" + nbsp + "234" + nbsp + "567,5", "-1" + nbsp + "234", "0,455", "1" + nbsp + "234"},
		"de-CH":   {"1’234’567.5", "-1’234", "0.455", "1’234"},
		"fr":      {"1" + thin + "234" + thin + "567,5", "-1" + thin + "234", "0,455", "1" + thin + "234"},
		"es":      {"1.234.567,5", "-1234", "0,455", "1234"},
		"es-MX":   {"1,234,567.5", "-1,234", "0.455", "1,234"},
		"es-AR":   {"1.234.567,5", "-1234", "0,455", "1234"},
		"pl":      {"1" + nbsp + "234" + nbsp + "567,5", "-1234", "0,455", "1234"},
		"sv":      {"1" + nbsp + "234" + nbsp + "567,5", "−1" + nbsp + "234", "0,455", "1" + nbsp + "234"},
		"ja":      {"1,234,567.5", "-1,234", "0.455", "1,234"},
		"ar":      {"1,234,567.5", lrm + "-1,234", "0.455", "1,234"},
		"he":      {"1,234,567.5", lrm + "-1,234", "0.455", "1,234"},
		"fa":      {"۱٬۲۳۴٬۵۶۷٫۵", lrm + "−۱٬۲۳۴", "۰٫۴۵۵", "۱٬۲۳۴"},
		"pt-BR":   {"1.234.567,5", "-1.234", "0,455", "1.234"},
		"unknown": {"1,234,567.5", "-1,234", "0.455", "1,234"}, // the source language
	} {
		p := catalog.In(l)
		require.Equal(t, want, [4]string{p.Number(1234567.5), p.Number(-1234), p.Number(0.455), p.Number(uint16(1234))}, "%s", l)
	}
}

func TestNumberTakesEveryKind(t *testing.T) {
	p := newCatalog(t, nil).In("en")
	type count int8
	for _, tt := range []struct {
		in   any
		want string
	}{
		{int64(math.MinInt64), "-9,223,372,036,854,775,808"},
		{uint64(math.MaxUint64), "18,446,744,073,709,551,615"},
		{count(-5), "-5"},
		{float32(0.5), "0.5"},
		{json.Number("12345.678"), "12,345.678"},
		{"12345", "12,345"},
		{-0.0001, "0"},
		{1e300, "1e+300"},
		{math.Inf(-1), "-Inf"},
		{math.NaN(), "NaN"},
		{"0x10", "0x10"},
		{"Inf", "Inf"},
		{"many", "many"},
		{nil, ""},
		{true, "true"},
	} {
		require.Equal(t, tt.want, p.Number(tt.in), "%v", tt.in)
	}
}

func TestDecimalAndPercent(t *testing.T) {
	catalog := newCatalog(t, nil)
	require.Equal(t, "4.50", catalog.In("en").Decimal(4.5, 2))
	require.Equal(t, "4,50", catalog.In("de").Decimal(4.5, 2))
	require.Equal(t, "5", catalog.In("de").Decimal(4.6, -1))
	require.Equal(t, "0.00", catalog.In("en").Decimal(-0.001, 2))
	require.Equal(t, "45%", catalog.In("en").Percent(0.45, 0))
	require.Equal(t, "45,5"+nbsp+"%", catalog.In("de").Percent(0.455, 1))
	require.Equal(t, "45,5"+thin+"%", catalog.In("fr").Percent(0.455, 1))
	require.Equal(t, "%45,5", catalog.In("tr").Percent(0.455, 1))
	require.Equal(t, "۴۵٫۵٪", catalog.In("fa").Percent(0.455, 1))
	require.Equal(t, "-5%", catalog.In("ja").Percent(-0.05, 0))
}

func TestParseMoney(t *testing.T) {
	for text, want := range map[string]i18n.Money{
		"490.00 EUR": {Amount: 49000, Currency: "EUR"}, "12,5 eur": {Amount: 1250, Currency: "EUR"}, " 1200  jpy ": {Amount: 1200, Currency: "JPY"},
		"0.005 KWD": {Amount: 5, Currency: "KWD"}, "-3.07 USD": {Amount: -307, Currency: "USD"}, "-0.07 USD": {Amount: -7, Currency: "USD"},
	} {
		m, err := i18n.ParseMoney(text)
		require.NoError(t, err, text)
		require.Equal(t, want, m, text)
		again, err := i18n.ParseMoney(m.Plain())
		require.NoError(t, err)
		require.Equal(t, want, again)
	}
	for _, text := range []string{"", "12", "EUR", "a EUR", "1.234 EUR", "1.5 JPY", "1,234.50 EUR", "1.-5 EUR", ".5 EUR", "5 EURO", "5 €", "99999999999999999999 EUR"} {
		_, err := i18n.ParseMoney(text)
		require.ErrorIs(t, err, i18n.ErrInvalid, text)
	}
}

func TestMoney(t *testing.T) {
	catalog := newCatalog(t, nil)
	for _, tt := range []struct {
		l    i18n.Locale
		sum  i18n.Money
		want string
	}{
		{"en", i18n.Money{Amount: 123450, Currency: "EUR"}, "€1,234.50"},
		{"en", i18n.Money{Amount: -123450, Currency: "USD"}, "-$1,234.50"},
		{"en", i18n.Money{Amount: 123450, Currency: "CHF"}, "CHF" + nbsp + "1,234.50"},
		{"en-GB", i18n.Money{Amount: 123450, Currency: "USD"}, "US$1,234.50"},
		{"en-GB", i18n.Money{Amount: 5, Currency: "GBP"}, "£0.05"},
		{"de", i18n.Money{Amount: 123450, Currency: "EUR"}, "1.234,50" + nbsp + "€"},
		{"de", i18n.Money{Amount: -123450, Currency: "CHF"}, "-1.234,50" + nbsp + "CHF"},
		{"de-AT", i18n.Money{Amount: 123450, Currency: "EUR"}, "€" + nbsp + "1" + nbsp + "234,50"},
		{"de-CH", i18n.Money{Amount: 123450, Currency: "CHF"}, "CHF" + nbsp + "1’234.50"},
		{"fr", i18n.Money{Amount: 123450, Currency: "EUR"}, "1" + thin + "234,50" + nbsp + "€"},
		{"es", i18n.Money{Amount: 123450, Currency: "EUR"}, "1234,50" + nbsp + "€"},
		{"it", i18n.Money{Amount: 123450, Currency: "EUR"}, "1.234,50" + nbsp + "€"},
		{"nl", i18n.Money{Amount: 123450, Currency: "EUR"}, "€" + nbsp + "1.234,50"},
		{"nl", i18n.Money{Amount: -123450, Currency: "EUR"}, "€" + nbsp + "-1.234,50"},
		{"pt-BR", i18n.Money{Amount: 123450, Currency: "BRL"}, "R$" + nbsp + "1.234,50"},
		{"pl", i18n.Money{Amount: 1234550, Currency: "PLN"}, "12" + nbsp + "345,50" + nbsp + "zł"},
		{"sv", i18n.Money{Amount: 123450, Currency: "SEK"}, "1" + nbsp + "234,50" + nbsp + "kr"},
		{"ja", i18n.Money{Amount: 1234, Currency: "JPY"}, "￥1,234"},
		{"en", i18n.Money{Amount: 1234, Currency: "JPY"}, "¥1,234"},
		{"en", i18n.Money{Amount: -7, Currency: "JPY"}, "-¥7"},
		{"en", i18n.Money{Amount: 1234500, Currency: "KWD"}, "KWD" + nbsp + "1,234.500"},
		{"tr", i18n.Money{Amount: 123450, Currency: "TRY"}, "₺1.234,50"},
		{"id", i18n.Money{Amount: 123450, Currency: "IDR"}, "Rp" + nbsp + "1.234,50"},
		{"hi", i18n.Money{Amount: 12345678, Currency: "INR"}, "₹1,23,456.78"},
		{"ar", i18n.Money{Amount: 123450, Currency: "EUR"}, "1,234.50" + nbsp + "€"},
		{"fa", i18n.Money{Amount: 123450, Currency: "EUR"}, lrm + "€" + nbsp + "۱٬۲۳۴٫۵۰"},
		{"en", i18n.Money{Amount: math.MinInt64, Currency: "EUR"}, "-€92,233,720,368,547,758.08"},
	} {
		require.Equal(t, tt.want, catalog.In(tt.l).Money(tt.sum), "%s %v", tt.l, tt.sum)
	}
	require.Equal(t, 0, i18n.CurrencyPlaces("JPY"))
	require.Equal(t, 3, i18n.CurrencyPlaces("KWD"))
	require.Equal(t, 2, i18n.CurrencyPlaces("EUR"))
}

func TestDate(t *testing.T) {
	catalog := newCatalog(t, nil)
	for l, want := range map[i18n.Locale][4]string{
		"en":      {"11/1/26", "Nov 1, 2026", "November 1, 2026", "Sunday, November 1, 2026"},
		"en-GB":   {"01/11/2026", "1 Nov 2026", "1 November 2026", "Sunday, 1 November 2026"},
		"en-AU":   {"01/11/2026", "1 Nov 2026", "1 November 2026", "Sunday, 1 November 2026"},
		"de":      {"01.11.26", "01.11.2026", "1. November 2026", "Sonntag, 1. November 2026"},
		"fr":      {"01/11/2026", "1 nov. 2026", "1 novembre 2026", "dimanche 1 novembre 2026"},
		"es":      {"1/11/26", "1 nov. 2026", "1 de noviembre de 2026", "domingo, 1 de noviembre de 2026"},
		"pl":      {"01.11.2026", "1 lis 2026", "1 listopada 2026", "niedziela, 1 listopada 2026"},
		"ja":      {"2026/11/01", "2026/11/01", "2026年11月1日", "2026年11月1日日曜日"},
		"zh":      {"2026/11/1", "2026年11月1日", "2026年11月1日", "2026年11月1日星期日"},
		"zh-TW":   {"2026/11/1", "2026年11月1日", "2026年11月1日", "2026年11月1日 星期日"},
		"ko":      {"26. 11. 1.", "2026. 11. 1.", "2026년 11월 1일", "2026년 11월 1일 일요일"},
		"ar":      {"1" + rlm + "/11" + rlm + "/2026", "01" + rlm + "/11" + rlm + "/2026", "1 نوفمبر 2026", "الأحد، 1 نوفمبر 2026"},
		"fi":      {"1.11.2026", "1.11.2026", "1. marraskuuta 2026", "sunnuntai 1. marraskuuta 2026"},
		"fa":      {"۲۰۲۶/۱۱/۱", "۱ نوامبر ۲۰۲۶", "۱ نوامبر ۲۰۲۶", "یکشنبه ۱ نوامبر ۲۰۲۶"},
		"th":      {"1/11/26", "1 พ.ย. 2026", "1 พฤศจิกายน ค.ศ. 2026", "วันอาทิตย์ที่ 1 พฤศจิกายน ค.ศ. 2026"},
		"nn":      {"01.11.2026", "1. nov. 2026", "1. november 2026", "søndag 1. november 2026"},
		"unknown": {"11/1/26", "Nov 1, 2026", "November 1, 2026", "Sunday, November 1, 2026"},
	} {
		p := catalog.In(l)
		require.Equal(t, want, [4]string{
			p.Date(noon, i18n.StyleShort), p.Date(noon, i18n.StyleMedium), p.Date(noon, "long"), p.Date(noon, "full"),
		}, "%s", l)
		require.Equal(t, p.Date(noon, "medium"), p.Date(noon, ""))
	}
}

func TestTime(t *testing.T) {
	catalog := newCatalog(t, nil)
	early := time.Date(2026, 5, 21, 0, 5, 9, 0, time.UTC)
	for l, want := range map[i18n.Locale][3]string{
		"en":      {"4:05" + nbsp + "PM", "4:05:09" + nbsp + "PM", "12:05" + nbsp + "AM"},
		"en-GB":   {"16:05", "16:05:09", "00:05"},
		"de":      {"16:05", "16:05:09", "00:05"},
		"es":      {"16:05", "16:05:09", "0:05"},
		"fi":      {"16.05", "16.05.09", "0.05"},
		"ja":      {"16:05", "16:05:09", "0:05"},
		"zh-Hant": {"下午4:05", "下午4:05:09", "上午12:05"},
		"ko":      {"오후" + nbsp + "4:05", "오후" + nbsp + "4:05:09", "오전" + nbsp + "12:05"},
		"ar":      {"4:05" + nbsp + "م", "4:05:09" + nbsp + "م", "12:05" + nbsp + "ص"},
	} {
		p := catalog.In(l)
		require.Equal(t, want, [3]string{p.Time(noon, ""), p.Time(noon, i18n.StyleMedium), p.Time(early, "short")}, "%s", l)
	}
}

func TestTimeInAZone(t *testing.T) {
	catalog := newCatalog(t, nil)
	for name, want := range map[string][2]string{
		"UTC":              {"November 1, 2026, 4:05" + nbsp + "PM", "4:05:09" + nbsp + "PM" + nbsp + "UTC"},
		"Europe/Berlin":    {"November 1, 2026, 5:05" + nbsp + "PM", "5:05:09" + nbsp + "PM" + nbsp + "UTC+1"},
		"Asia/Kolkata":     {"November 1, 2026, 9:35" + nbsp + "PM", "9:35:09" + nbsp + "PM" + nbsp + "UTC+5:30"},
		"Asia/Tokyo":       {"November 2, 2026, 1:05" + nbsp + "AM", "1:05:09" + nbsp + "AM" + nbsp + "UTC+9"},
		"America/St_Johns": {"November 1, 2026, 12:35" + nbsp + "PM", "12:35:09" + nbsp + "PM" + nbsp + "UTC-3:30"},
	} {
		zone, err := i18n.ParseZone(name)
		require.NoError(t, err)
		p := catalog.In("en").InZone(zone)
		require.Equal(t, zone, p.Zone())
		require.Equal(t, want, [2]string{p.DateTime(noon, "long"), p.Time(noon, "full")}, name)
	}
	require.Equal(t, time.UTC, catalog.In("en").InZone(nil).Zone())
	require.Equal(t, "01.11.2026, 16:05", catalog.In("de").DateTime(noon, ""))
	require.Equal(t, "1.11.2026 klo 16.05", catalog.In("fi").DateTime(noon, ""))
	require.Equal(t, "2026年11月1日 16:05", catalog.In("ja").DateTime(noon, "long"))
}

func TestParseZoneRefuses(t *testing.T) {
	for _, name := range []string{"Local", "../etc/passwd", "/etc/passwd", "Nowhere/Never", "Europe/../../x", string(make([]byte, 65))} {
		_, err := i18n.ParseZone(name)
		require.ErrorIs(t, err, i18n.ErrInvalid, "%q", name)
	}
	zone, err := i18n.ParseZone("")
	require.NoError(t, err)
	require.Equal(t, time.UTC, zone)
}

func TestList(t *testing.T) {
	catalog := newCatalog(t, nil)
	for l, want := range map[i18n.Locale][3]string{
		"en":      {"A and B", "A, B, and C", "A, B, or C"},
		"en-GB":   {"A and B", "A, B and C", "A, B or C"},
		"de":      {"A und B", "A, B und C", "A, B oder C"},
		"fr":      {"A et B", "A, B et C", "A, B ou C"},
		"es":      {"A y B", "A, B y C", "A, B o C"},
		"ja":      {"A、B", "A、B、C", "A、B、またはC"},
		"zh":      {"A和B", "A、B和C", "A、B或C"},
		"ko":      {"A 및 B", "A, B 및 C", "A, B 또는 C"},
		"he":      {"A ו-B", "A, B ו-C", "A, B או C"},
		"ar":      {"A وB", "A وB وC", "A أو B أو C"},
		"fa":      {"A و B", "A، B، و C", "A، B، یا C"},
		"unknown": {"A and B", "A, B, and C", "A, B, or C"},
	} {
		p := catalog.In(l).WithIsolation(i18n.IsolationOff)
		require.Equal(t, want, [3]string{p.List("A", "B"), p.List("A", "B", "C"), p.OrList("A", "B", "C")}, "%s", l)
		require.Equal(t, "A", p.List("A"))
		require.Empty(t, p.List())
	}
}

func TestListInSpanishHearsTheNextWord(t *testing.T) {
	p := newCatalog(t, nil).In("es")
	require.Equal(t, "padres e hijos", p.List("padres", "hijos"))
	require.Equal(t, "Francia e Italia", p.List("Francia", "Italia"))
	require.Equal(t, "agua y hielo", p.List("agua", "hielo"))
	require.Equal(t, "siete u ocho", p.OrList("siete", "ocho"))
	require.Equal(t, "uno, siete u ocho", p.OrList("uno", "siete", "ocho"))
	require.Equal(t, "uno o dos", p.OrList("uno", "dos"))
}

func TestListInHebrewJoinsForeignWordsByAHyphen(t *testing.T) {
	p := newCatalog(t, nil).In("he").WithIsolation(i18n.IsolationOff)
	require.Equal(t, "אמא ואבא", p.List("אמא", "אבא"))
	require.Equal(t, "אמא ו-Windows", p.List("אמא", "Windows"))
}

func TestSize(t *testing.T) {
	catalog := newCatalog(t, nil)
	for _, tt := range []struct {
		l     i18n.Locale
		bytes int64
		want  string
	}{
		{"en", 0, "0" + nbsp + "B"},
		{"en", 999, "999" + nbsp + "B"},
		{"en", 1000, "1" + nbsp + "kB"},
		{"en", 1500, "1.5" + nbsp + "kB"},
		{"en", 9_960, "10" + nbsp + "kB"},
		{"en", 999_499, "999" + nbsp + "kB"},
		{"en", 999_500, "1" + nbsp + "MB"},
		{"en", 5 << 30, "5.4" + nbsp + "GB"},
		{"en", math.MaxInt64, "9,223,372" + nbsp + "TB"},
		{"en", -2500, "-2.5" + nbsp + "kB"},
		{"de", 1500, "1,5" + nbsp + "kB"},
		{"fr", 1_500_000, "1,5" + nbsp + "Mo"},
		{"ru", 1_500_000, "1,5" + nbsp + "МБ"},
		{"ar", 1_500_000, "1.5" + nbsp + "ميغابايت"},
	} {
		require.Equal(t, tt.want, catalog.In(tt.l).Size(tt.bytes), "%s %d", tt.l, tt.bytes)
	}
}

func TestDuration(t *testing.T) {
	catalog := newCatalog(t, nil)
	for _, tt := range []struct {
		l    i18n.Locale
		d    time.Duration
		want string
	}{
		{"en", 0, "0 seconds"},
		{"en", 400 * time.Millisecond, "0 seconds"},
		{"en", time.Second, "1 second"},
		{"en", 125 * time.Second, "2 minutes 5 seconds"},
		{"en", time.Hour, "1 hour"},
		{"en", time.Hour + 5*time.Second, "1 hour"},
		{"en", 27 * time.Hour, "1 day 3 hours"},
		{"en", -90 * time.Minute, "-1 hour 30 minutes"},
		{"de", 49 * time.Hour, "2 Tage 1 Stunde"},
		{"es", 61 * time.Minute, "1 hora 1 minuto"},
		{"ja", 61 * time.Minute, "1 時間 1 分"},
		{"ar", 2 * time.Hour, "ساعتان"},
		{"ar", 3 * time.Hour, "3 ساعات"},
		{"ar", 11 * time.Minute, "11 دقيقة"},
		{"fr", 125 * time.Minute, "2" + nbsp + "h 5" + nbsp + "min"},
	} {
		require.Equal(t, tt.want, catalog.In(tt.l).Duration(tt.d), "%s %v", tt.l, tt.d)
	}
}
