package markdown

import "cmp"

// A Label is a word that a Renderer adds to what the author wrote.
type Label string

// The labels.
const (
	LabelNote       Label = "note"          // title of a note
	LabelTip        Label = "tip"           // title of a tip
	LabelImportant  Label = "important"     // title of an important note
	LabelWarning    Label = "warning"       // title of a warning
	LabelCaution    Label = "caution"       // title of a caution
	LabelDone       Label = "done"          // name of a ticked box
	LabelOpen       Label = "open"          // name of a box that is not ticked
	LabelTable      Label = "table"         // name of the frame a wide table scrolls in
	LabelBack       Label = "footnote_back" // name of the way back from a footnote
	LabelImage      Label = "image"         // text of a link to an image without one
	LabelInternal   Label = "internal"      // above what only those read who work here
	LabelPart       Label = "part"          // above what not everybody reads
	LabelTranscript Label = "transcript"    // above what is said in a film
	LabelBlock      Label = "block_missing" // before the name of a text that was to be included and is not there
)

// english has every label, in the order of the constants.
var english = []struct {
	label Label
	text  string
}{
	{LabelNote, "Note"},
	{LabelTip, "Tip"},
	{LabelImportant, "Important"},
	{LabelWarning, "Warning"},
	{LabelCaution, "Caution"},
	{LabelDone, "Done"},
	{LabelOpen, "To do"},
	{LabelTable, "Table"},
	{LabelBack, "Back to the text"},
	{LabelImage, "Image"},
	{LabelInternal, "Only for staff"},
	{LabelPart, "Not for everybody"},
	{LabelTranscript, "Transcript"},
	{LabelBlock, "There is no such block:"},
}

// label returns the text of a label in the Renderer's language.
func (r *Renderer) label(l Label) string {
	var own string
	if r.opts.Label != nil {
		own = r.opts.Label(l)
	}
	return cmp.Or(own, englishText(l))
}

// Label returns the text of a label in the language of r.
func (r *Renderer) Label(l Label) string { return r.label(l) }

func englishText(l Label) string {
	for _, e := range english {
		if e.label == l {
			return e.text
		}
	}
	return string(l)
}

// labels returns the texts of all labels.
func (r *Renderer) labels() []string {
	var all []string
	for _, e := range english {
		all = append(all, r.label(e.label))
	}
	return all
}
