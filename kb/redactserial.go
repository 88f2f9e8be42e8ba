package kb

import (
	"regexp"
	"strings"
	"unicode"
)

// The forms of what names one device or one licence.
var (
	groupsForm = regexp.MustCompile(`[A-Z0-9]{2,8}(?:-[A-Z0-9]{2,8}){2,7}`)
	tokenForm  = regexp.MustCompile(`[A-Z0-9]{10,40}`)
	uuidForm   = regexp.MustCompile(`(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	macForm    = regexp.MustCompile(`(?i)[0-9a-f]{2}(?::[0-9a-f]{2}){5}|[0-9a-f]{2}(?:-[0-9a-f]{2}){5}`)
	// toldForm is what follows the words for it; its group is what is taken out.
	toldForm = regexp.MustCompile(`(?i)(?:serial (?:number|no\.?|code)|serial ?:|s/n|imei|licen[cs]e (?:key|code|number)|product key|activation (?:key|code)|` +
		`seriennummer|serien-?nr\.?|geräte-?nr\.?|lizenzschlüssel|lizenznummer|produktschlüssel|aktivierungscode|` +
		`num[ée]ro de s[ée]rie|n[°º] de s[ée]rie|cl[ée] de (?:licence|produit)|n[úu]mero de serie|n\.?º de serie|clave de (?:licencia|producto)|` +
		`シリアル(?:番号|ナンバー)|製造番号|ライセンスキー|プロダクトキー|الرقم التسلسلي|مفتاح (?:الترخيص|المنتج))` +
		`[\s:：=#]*(?:is|ist|lautet|est|es|は|هو)?[\s:：=#]*([A-Za-z0-9][A-Za-z0-9-]{4,39})`)
)

// findSerials returns the places of serial numbers and licence keys in a text.
func findSerials(text string) (out []found) {
	add := func(re *regexp.Regexp, ok func(string) bool) {
		for _, at := range re.FindAllStringIndex(text, -1) {
			if apart(text, at[0], at[1]) && (ok == nil || ok(text[at[0]:at[1]])) {
				out = append(out, found{at[0], at[1], RedactSerial})
			}
		}
	}
	add(groupsForm, isGroups)
	add(tokenForm, func(s string) bool { return turns(s) >= 5 })
	add(uuidForm, nil)
	add(macForm, nil)
	for _, at := range toldForm.FindAllStringSubmatchIndex(text, -1) {
		if strings.ContainsFunc(text[at[2]:at[3]], unicode.IsDigit) {
			out = append(out, found{at[2], at[3], RedactSerial})
		}
	}
	return out
}

// isGroups reports whether groups of letters and digits are a serial number or a
// key: letters and digits are mixed within them, or there are many of one length.
// Names of norms and dates are not so.
func isGroups(s string) bool {
	groups := strings.Split(s, "-")
	mixed, same := 0, true
	for _, g := range groups {
		if turns(g) > 0 {
			mixed++
		}
		same = same && len(g) == len(groups[0])
	}
	long := len(s)-len(groups)+1 >= 10
	return long && (mixed >= 2 || same && len(groups) >= 4 && len(groups[0]) >= 4 && mixed+lettered(groups) > 0)
}

// lettered counts the groups that have letters.
func lettered(groups []string) (n int) {
	for _, g := range groups {
		if strings.ContainsFunc(g, unicode.IsLetter) {
			n++
		}
	}
	return n
}

// turns counts how often letters and digits take turns.
func turns(s string) (n int) {
	for i := 1; i < len(s); i++ {
		if (s[i] <= '9') != (s[i-1] <= '9') {
			n++
		}
	}
	return n
}
