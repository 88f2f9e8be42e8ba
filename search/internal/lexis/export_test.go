package lexis

// Terms returns what a text is indexed by in a language, stop words left out.
func Terms(tag, text string) ([]string, error) {
	lib, err := NewLibrary()
	if err != nil {
		return nil, err
	}
	l := lib.Of(tag)
	out := []string{}
	l.Words(text, func(_ Token, w Word) {
		if !w.Stop && w.Term != "" {
			out = append(out, w.Term[len(l.Code)+1:])
		}
	})
	return out, nil
}

// Code returns how texts with a language tag are treated.
func Code(tag string) (string, error) {
	lib, err := NewLibrary()
	if err != nil {
		return "", err
	}
	return lib.Of(tag).Code, nil
}

// Languages returns the codes of all languages, those that bleve ships and
// those composed of its parts.
func Languages() (ships map[string]string, parts []string) {
	for code := range composed {
		parts = append(parts, code)
	}
	return shipped, parts
}

// Words returns the words of a text.
func Words(text string) []string {
	var out []string
	for t := range Tokens(text) {
		out = append(out, text[t.Start:t.End])
	}
	return out
}

// MaxMemo is how many words a memo remembers for long.
const MaxMemo = maxMemo

// A Memo is a memo, of terms alone.
type Memo struct{ memo }

// Look returns the term that was learned for a word.
func (m *Memo) Look(raw string) (string, bool) {
	w, ok := m.load(raw)
	return w.Term, ok
}

// Learn remembers the term of a word.
func (m *Memo) Learn(raw, term string) { m.store(raw, Word{Term: term}) }

// Len is how many words are remembered.
func (m *Memo) Len() int {
	n := len(m.fresh)
	if known := m.known.Load(); known != nil {
		n += len(*known)
	}
	return n
}
