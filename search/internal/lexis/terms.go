package lexis

// Terms returns the words of a text in the language of a BCP 47 tag as they are
// indexed, without those too common to say anything: what [search.Linguist] asks
// for.
func (lib Library) Terms(tag, text string) (out []string) {
	lib.Of(tag).Words(text, func(t Token, w Word) {
		if w.Term != "" && !w.Stop && !t.Last {
			out = append(out, w.Term)
		}
	})
	return out
}
