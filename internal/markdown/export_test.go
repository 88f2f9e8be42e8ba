package markdown

// Convert returns what goldmark makes of a source, before anything is safe.
func (r *Renderer) Convert(source string) (string, error) { return r.convert(source) }

// Limits that tests go beyond.
const (
	MaxDepth = maxDepth
	MaxMarks = maxMarks
	MaxNotes = maxNotes
)
