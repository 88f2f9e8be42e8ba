package layout

// Texts returns every text in b, for stores that have to refuse what no database
// keeps.
func (b Rulebook) Texts() []string {
	var out []string
	for _, r := range b.Rules {
		out = append(out, r.ID, string(r.Do), r.Ref, r.SavedBy)
		out = append(append(out, r.For.names()...), textsIn(r.Reason)...)
	}
	return out
}

// Texts returns every text in p, for stores as well.
func (p Promotion) Texts() []string {
	out := []string{p.ID, p.Slot, p.Address, p.From, p.To, p.Zone, p.SavedBy}
	out = append(append(out, p.Audience...), p.For.names()...)
	return append(append(append(out, textsIn(p.Title)...), textsIn(p.Text)...), textsIn(p.Action)...)
}

func textsIn(m map[string]string) []string {
	var out []string
	for lang, text := range m {
		out = append(out, lang, text)
	}
	return out
}
