package markdown_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/markdown"
)

func TestDirection(t *testing.T) {
	const arabic = "مرحبا بكم في مركز المساعدة حيث نجيب عن أسئلتكم.\n\n"
	for name, c := range map[string]struct{ source, dir, want string }{
		"none":                          {"1 + 1 = 2", "", "<p>1 + 1 = 2</p>\n"},
		"left":                          {"Some words here.", "ltr", "<p>Some words here.</p>\n"},
		"right":                         {"مرحبا بكم.", "rtl", "<p>مرحبا بكم.</p>\n"},
		"right, name of a product":      {"Microsoft Outlook هو برنامج.", "rtl", "<p>Microsoft Outlook هو برنامج.</p>\n"},
		"right, sentence left":          {arabic + "This one is not translated.", "rtl", `<p dir="ltr">This one is not translated.</p>`},
		"right, name alone":             {arabic + "- Outlook\n- Word", "rtl", "<li>Outlook</li>"},
		"right, code":                   {arabic + "```\nls -l\n```", "rtl", `<pre tabindex="0" dir="ltr">`},
		"left, sentence right":          {"These are some more English words.\n\nשלום לכם, חברים.", "ltr", `<p dir="rtl">שלום לכם, חברים.</p>`},
		"left, item right":              {"These are some more English words.\n\n- שלום לכם, חברים.", "ltr", `<li dir="rtl">שלום לכם, חברים.</li>`},
		"left, own choice of direction": {"These are some more English words.\n\n<p dir=auto>שלום לכם, חברים.</p>", "ltr", `<p dir="auto">שלום לכם, חברים.</p>`},
	} {
		doc, err := markdown.New(nil).Render(c.source)
		require.NoError(t, err)
		require.Equal(t, c.dir, doc.Dir, name)
		require.Contains(t, string(doc.HTML), c.want, name)
	}
}
