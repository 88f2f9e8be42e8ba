package i18n

import "strings"

// Caps of an Accept-Language header, applied before anything is parsed. A
// header of 180 kB would otherwise cost a tenth of a second.
const (
	maxAccept     = 1024 // bytes
	maxAcceptTags = 16
)

// wanted is a language range of the header and its weight in thousandths.
type wanted struct {
	tag    string
	weight int
}

// ranges are the languages of a header, the most wanted first.
type ranges struct {
	list [maxAcceptTags]wanted
	n    int
}

// parseAccept reads a header. What is malformed is skipped; what is cut off by
// the caps is as if it were not there.
func parseAccept(header string) (r ranges) {
	if len(header) > maxAccept {
		header = header[:maxAccept]
		header = header[:strings.LastIndexByte(header, ',')+1]
	}
	for element := range strings.SplitSeq(header, ",") {
		if r.n == maxAcceptTags {
			return r
		}
		tag, params, _ := strings.Cut(element, ";")
		weight, ok := parseWeight(params)
		if tag = strings.Trim(tag, " \t"); ok && weight > 0 && tag != "" && tag != "*" && len(tag) <= MaxLocale {
			r.add(wanted{tag, weight})
		}
	}
	return r
}

// add keeps the list in order of weight; among equals the first stays first.
func (r *ranges) add(w wanted) {
	at := r.n
	for at > 0 && r.list[at-1].weight < w.weight {
		r.list[at] = r.list[at-1]
		at--
	}
	r.list[at] = w
	r.n++
}

// parseWeight reads "q=0.8" as 800; nothing at all is 1000.
func parseWeight(params string) (int, bool) {
	params = strings.Trim(params, " \t")
	if params == "" {
		return 1000, true
	}
	value, ok := strings.CutPrefix(strings.ToLower(params), "q=")
	if !ok || value == "" || len(value) > 5 || value[0] != '0' && value[0] != '1' {
		return 0, false
	}
	whole, fraction, _ := strings.Cut(value, ".")
	if len(whole) != 1 || len(fraction) > 3 {
		return 0, false
	}
	weight := int(whole[0]-'0') * 1000
	for i, scale := 0, 100; i < len(fraction); i, scale = i+1, scale/10 {
		if fraction[i] < '0' || fraction[i] > '9' {
			return 0, false
		}
		weight += int(fraction[i]-'0') * scale
	}
	return weight, weight <= 1000
}
