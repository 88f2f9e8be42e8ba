package kb_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
)

// TestRedactAddresses: a text says no more where somebody lives, and texts that
// are about no place stay as they are.
func TestRedactAddresses(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Send it to 12 High Street, Harrogate HG1 1AA please", "Send it to [address] please"},
		{"I live at Flat 4, 221b Baker Street, London NW1 6XE.", "I live at [address]."},
		{"it is 7 mill lane, or hg1 1aa", "it is [address], or [address]"},
		{"Postcode SW1A 1AA or EC1A1BB", "Postcode [address] or [address]"},
		{"Mine: 1600 Pennsylvania Avenue NW, Washington, DC 20500", "Mine: [address], [address]"},
		{"742 Evergreen Terrace\nSpringfield, IL 62704-1234\nUSA", "[address]\nUSA"},
		{"PO Box 1234, Austin, TX 78701 is mine", "[address] is mine"},
		{"100 N. Main St. Apt 5, Boise, ID 83702", "[address]"},
		{"Ich wohne in der Musterstraße 12a, 10115 Berlin.", "Ich wohne in der [address]."},
		{"Lange Str. 5\n97070 Würzburg", "[address]"},
		{"Karl-Marx-Allee 3 bitte", "[address] bitte"},
		{"Mariahilfer Straße 1/4, 1060 Wien", "[address]"},
		{"Am Markt 3, 8001 Zürich", "[address]"},
		{"Rosenweg 7, CH-3011 Bern", "[address]"},
		{"An A-1010 Wien", "An [address]"},
		{"Postfach 12 34 56, 20095 Hamburg", "[address]"},
		{"J'habite 12 bis, rue de la Paix, 75002 Paris", "J'habite [address]"},
		{"8 avenue des Champs-Élysées 75008 Paris, merci", "[address], merci"},
		{"au 3 place de la République", "au [address]"},
		{"Vivo en la calle de Alcalá, 45, 3.º B, 28014 Madrid", "Vivo en la [address]"},
		{"C/ Mayor 12, 08001 Barcelona", "[address]"},
		{"Avda. de la Constitución nº 7", "[address]"},
		{"〒150-0041 東京都渋谷区神南1-2-3です", "[address]です"},
		{"住所は大阪府大阪市北区梅田３丁目１番３号です", "住所は[address]です"},
		{"渋谷区神南1丁目2番3号まで", "[address]まで"},
		{"〒6008216", "[address]"},
	} {
		requireRedacted(t, c.text, c.want)
	}
	for _, text := range []string{
		"Hold the button for 10 seconds on Monday.", "There are 2 cars on the road and a 3 lane road.", "Step 3 is on Page 12 of the Manual.",
		"The Xeon E5 8GB needs 2 TB. See s2 1st.", "Use Wi-Fi at 5 GHz (WPA2, 802.11ac) with 5GHz and M2 3TB.", "OK 200, HTTP 404, IN 5 minutes",
		"Route 66 to Paris", "Choose Drive C or Court 5", "In 2026 Berlin was sunny", "Use the Way 3 valve",
		"Im Menü 3 wählen Sie Platz 3. In der Version 2 geht es, am Hub 1 auch.", "Speicherplatz 3, Steckplatz 2 und der O-Ring 5 mit Parkplatz 12",
		"Auf Platz 1 der Liste, Lösungsweg 2, im Mai 2026", "Um 1010 Uhr im Ring 4 von 10 Geräten",
		"Il y a 2 place et 3 cours en ligne, 1 passage de câble et la route 4.", "Après 5 minutes, prenez 2 routes.", "la place 3",
		"Pulse 3 veces y espere 10 segundos en la plaza 3.", "La calle está cerrada", "El camino 2",
		"市場1-3月の都市部1-2です", "東京都にお住まいの方は2026年11月22日に", "市区町村を選び、手順1-2へ", "第1章2-3節",
		"انتظر 10 ثوانٍ ثم اضغط الزر 3", "Version 2.14.1 of 2026-03-01, 12:30:45, 5 V, 1/2 inch",
	} {
		requireRedacted(t, text, text)
	}
}

// TestRedactSerials: a text says no more which device or licence is whose, and
// models, norms and errors stay.
func TestRedactSerials(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"My hub HB2-88B1-2D40 is red", "My hub [serial] is red"},
		{"key ABCD-EFGH-JKLM-NPQR and XK3P9-77QRT-B2M4N-HH8WV-2C6DF", "key [serial] and [serial]"},
		{"C02XK0AAJG5H", "[serial]"},
		{"3f2504e0-4f89-11d3-9a0c-0305e82c3301, 00:1a:2b:3c:4d:5e", "[serial], [serial]"},
		{"Serial number: ab12cd34. S/N 99-X1. Serial: H4412", "Serial number: [serial]. S/N [serial]. Serial: [serial]"},
		{"Die Seriennummer ist KV7712x, der Lizenzschlüssel: qq-11-zz", "Die Seriennummer ist [serial], der Lizenzschlüssel: [serial]"},
		{"Le numéro de série est AB1234", "Le numéro de série est [serial]"},
		{"número de serie HB1234", "número de serie [serial]"},
		{"シリアル番号はHB12345です", "シリアル番号は[serial]です"},
		{"الرقم التسلسلي: HB12345", "الرقم التسلسلي: [serial]"},
	} {
		requireRedacted(t, c.text, c.want)
	}
	for _, text := range []string{
		"ISO-901-15, EN-6095-1, WPA2-PSK-TKIP and RS-485", "Error 0x80070005 or E1234-A", "UTF-8, USB-C, IP67, LM358-N", "TLS-ECDHE-RSA-WITH",
		"QE55Q80TATXXU is a model", "The serial number is on the back.", "Find the licence key below", "serial port COM12", "2026-11-22T10:30:00Z", "H2-M4-X9", "HUB-PRO-MAX-2",
		"ABSOLUTELY", "Seriennummer finden Sie hinten",
	} {
		requireRedacted(t, text, text)
	}
	long := strings.Repeat("12 High Street, Harrogate HG1 1AA and HB2-88B1-2D40. ", 200)
	got, list := kb.Redactor{}.Redact(long)
	require.Len(t, list, 400)
	require.Equal(t, strings.Repeat("[address] and [serial]. ", 200), got)
}

func requireRedacted(t *testing.T, text, want string) {
	t.Helper()
	got, list := kb.Redactor{}.Redact(text)
	require.Equal(t, want, got)
	for _, one := range list {
		require.Contains(t, text, one.Original)
		require.True(t, strings.HasPrefix(got[one.At:], one.Stands))
	}
	again, _ := kb.Redactor{}.Redact(got)
	require.Equal(t, got, again)
}
