package i18n

// autonyms are the names the shipped locales go by where the tables of x/text
// leave out what tells two of them apart.
var autonyms = map[Locale]string{
	"en":      "English",
	"en-GB":   "English (UK)",
	"en-IN":   "English (India)",
	"de-AT":   "Deutsch (Österreich)",
	"de-CH":   "Deutsch (Schweiz)",
	"es-MX":   "Español (México)",
	"pt-BR":   "Português (Brasil)",
	"pt-PT":   "Português (Portugal)",
	"nb":      "Norsk bokmål",
	"zh":      "简体中文",
	"zh-Hans": "简体中文",
	"zh-Hant": "繁體中文",
	"zh-TW":   "繁體中文 (台灣)",
	"zh-HK":   "繁體中文 (香港)",
	"id":      "Bahasa Indonesia",
}
