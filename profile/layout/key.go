package layout

import (
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// key returns a text that differs between layouts that look different: by what
// stands where and why, by the promotions of a deck, and by what else the
// orders do.
func (l *Layout) key(o *orders, deck uint64) string {
	text := make([]byte, 0, 1024)
	word := func(s string) { text = append(append(text, s...), 0) }
	word(l.Brand)
	word(l.Page)
	for _, name := range slices.Sorted(maps.Keys(l.Menus)) {
		word("menu " + name)
		text = appendLinks(text, l.Menus[name])
	}
	for _, name := range slices.Sorted(maps.Keys(l.Slots)) {
		word("slot " + name)
		for _, p := range l.Slots[name] {
			word(p.ID)
			text = p.Reason.append(text)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(l.Shown)) {
		for _, offer := range l.Shown[name] {
			word("offer " + name)
			word(offer.ID)
			word(strconv.FormatUint(deck, 36))
		}
	}
	sum := sha256.Sum256(o.append(text))
	return base64.RawURLEncoding.EncodeToString(sum[:15])
}

func appendLinks(text []byte, links []Link) []byte {
	for i := range links {
		text = append(append(text, links[i].ID...), 0)
		text = links[i].Reason.append(text)
		text = append(appendLinks(append(text, '('), links[i].Children), ')')
	}
	return text
}

func (r Reason) append(text []byte) []byte {
	text = append(append(text, r.Key...), 0)
	for _, lang := range slices.Sorted(maps.Keys(r.Texts)) {
		text = append(append(append(append(text, lang...), 0), r.Texts[lang]...), 0)
	}
	return text
}

// append adds what the orders do to lists that the site does not declare.
func (o *orders) append(text []byte) []byte {
	text = strconv.AppendBool(text, o.still)
	for _, ref := range slices.Sorted(maps.Keys(o.rules)) {
		if act := o.rules[ref]; strings.Contains(ref, "/") {
			text = append(append(append(text, ref...), 0), act.do...)
			text = act.reason.append(strconv.AppendInt(text, int64(act.rank), 10))
		}
	}
	for _, ref := range slices.Sorted(maps.Keys(o.scores)) {
		if strings.Contains(ref, "/") {
			text = append(append(text, ref...), 0)
			text = strconv.AppendInt(text, int64(doublings(o.scores[ref])), 10)
		}
	}
	return text
}
