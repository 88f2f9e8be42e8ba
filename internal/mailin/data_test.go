package mailin_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/mailin"
)

// fixtures is the folder of mails that other projects test with.
func fixtures(t *testing.T) string {
	root := os.Getenv("STOA_TEST_DATA")
	if root == "" {
		t.Skip("STOA_TEST_DATA is not set: it names a folder with real mails")
	}
	return filepath.Join(root, "cases", "email-fixtures")
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(data)
}

// A score counts how often a text came out as it should, and shows the others.
type score struct{ right, all int }

func (s *score) count(t *testing.T, name, want, got string) {
	t.Helper()
	s.all++
	if plain(want) == plain(got) {
		s.right++
		return
	}
	t.Logf("%s:\nwant %q\ngot  %q", name, want, got)
}

func (s *score) report(t *testing.T, what string, floor int) {
	t.Helper()
	t.Logf("%s: %d of %d exactly", what, s.right, s.all)
	require.GreaterOrEqual(t, s.right, floor)
}

// plain leaves out how many spaces and line ends there are.
func plain(text string) string { return strings.Join(strings.Fields(text), " ") }

// unquoted is a text without its quotes.
func unquoted(list []mailin.Passage) string {
	var b strings.Builder
	for _, p := range list {
		if p.Kind == mailin.PassageOwn || p.Kind == mailin.PassageSignature {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

// TestRepliesOfTalon takes quotes off, and leaves signatures, as that project's
// expectations do.
func TestRepliesOfTalon(t *testing.T) {
	dir := filepath.Join(fixtures(t), "talon")
	var mails, pages, signatures score
	files, _ := filepath.Glob(filepath.Join(dir, "standard_replies", "*.eml"))
	require.Len(t, files, 12)
	for _, f := range files {
		m, err := mailin.Read(strings.NewReader(read(t, f)), nil)
		require.NoError(t, err)
		want := "Hello"
		if text, err := os.ReadFile(strings.TrimSuffix(f, ".eml") + "_reply_text"); err == nil {
			want = string(text)
		}
		mails.count(t, filepath.Base(f), want, unquoted(m.Passages))
	}
	mails.report(t, "talon, mails", 12)

	want := map[string]string{"OLK_SRC_BODY_SECTION.html": "Reply", "reply-separated-by-hr.html": "Hi there Bob"}
	files, _ = filepath.Glob(filepath.Join(dir, "*", "*.html"))
	for name := range want {
		files = append(files, filepath.Join(dir, name))
	}
	for _, f := range files {
		text := want[filepath.Base(f)]
		if text == "" {
			text = "Hi. I am fine. Thanks, Alex"
		}
		m, err := mailin.Read(strings.NewReader("Content-Type: text/html\n\n"+read(t, f)), nil)
		require.NoError(t, err)
		pages.count(t, filepath.Base(f), text, unquoted(m.Passages))
	}
	pages.report(t, "talon, pages", 11)

	files, _ = filepath.Glob(filepath.Join(dir, "signature", "emails", "stripped", "*_body"))
	for _, f := range files {
		stem := strings.TrimSuffix(f, "body")
		sender, _ := os.ReadFile(stem + "sender")
		signature := ""
		if s, err := os.ReadFile(stem + "signature"); err == nil {
			signature = string(s)
		}
		got := ""
		for _, p := range mailin.Split(read(t, f), mailin.Hints{Sender: strings.TrimSpace(string(sender))}) {
			if p.Kind == mailin.PassageSignature {
				got += p.Text
			}
		}
		signatures.count(t, filepath.Base(f), signature, got)
	}
	signatures.report(t, "talon, signatures without a line before them", 4)
}

// TestRepliesOfEmailReplyParser takes off quotes and signatures. What is expected
// was read out of the mails.
func TestRepliesOfEmailReplyParser(t *testing.T) {
	dir := filepath.Join(fixtures(t), "email_reply_parser")
	begins := map[string]string{
		"correct_sig.txt":  "this is an email with a correct -- signature.",
		"email_1_1.txt":    "Hi folks What is the best way to clear a Riak bucket of all key, values after running a test? I am currently using the Java HTTP API.",
		"email_1_3.txt":    "Oh thanks. Having the function would be great.",
		"email_1_4.txt":    "Awesome! I haven't had another problem with it.",
		"email_1_5.txt":    "*",
		"email_1_6.txt":    "I get proper rendering as well.",
		"email_1_7.txt":    ":+1:",
		"email_2_1.txt":    "Outlook with a reply",
		"email_2_2.txt":    "Outlook with a reply directly above line",
		"email_2_3.txt":    "Outlook with a reply directly above line",
		"email_iPhone.txt": "Here is another email", "email_BlackBerry.txt": "Here is another email",
		"email_multi_word_sent_from_my_mobile_device.txt": "Here is another email",
		"email_sent_from_my_not_signature.txt":            "*", "email_sig_delimiter_in_middle_of_line.txt": "*",
		"email_bullets.txt":       "test 2 this should list second and have spaces and retain this formatting - how about bullets - and another",
		"email_one_is_not_on.txt": "Thank, this is really helpful. One outstanding question I had: Locally (on development), when I run...",
		"greedy_on.txt":           "On your remote host you can run: telnet 127.0.0.1 52698 This should connect to TextMate (on your Mac, via the tunnel). If that fails, the tunnel is not working.",
		"pathological.txt":        "I think you're onto something. I will try to fix the problem as soon as I get back to a computer.",
	}
	var s score
	for name, want := range begins {
		text := read(t, filepath.Join(dir, name))
		if want == "*" {
			want = text
		}
		s.count(t, name, want, mailin.Reply(mailin.Split(text, mailin.Hints{})))
	}
	// Answers between the lines: from the greeting or the first line that is
	// answered to the last answer.
	for name, ends := range map[string][2]string{
		"email_1_2.txt": {"Hi, On Tue, 2011-03-01 at 18:02 +0530, Abhishek Kona wrote: > Hi folks", "you’ll need to delete them all individually.\""},
		"email_1_8.txt": {"On Tue, Apr 29, 2014 at 4:22 PM, Example Dev <sugar@example.com>wrote: > okay.", "I will reply under this one > > okay? > and under this."},
	} {
		got := plain(mailin.Reply(mailin.Split(read(t, filepath.Join(dir, name)), mailin.Hints{})))
		want := got
		if !strings.HasPrefix(got, ends[0]) || !strings.HasSuffix(got, ends[1]) {
			want = ends[0] + " ... " + ends[1]
		}
		s.count(t, name, want, got)
	}
	s.report(t, "email_reply_parser", 21)
}

// TestMailsThatOthersFindHard reads every mail that is kept because somebody could
// not read it.
func TestMailsThatOthersFindHard(t *testing.T) {
	dir := filepath.Join(fixtures(t), "enmime")
	files, _ := filepath.Glob(filepath.Join(dir, "*", "*"))
	require.Greater(t, len(files), 90)
	silent := 0
	for _, f := range files {
		m, err := mailin.Read(strings.NewReader(read(t, f)), nil)
		require.NoError(t, err, f)
		var all strings.Builder
		for _, p := range m.Passages {
			all.WriteString(p.Text)
		}
		require.Equal(t, m.Text, all.String(), f)
		if m.Text == "" && len(m.Attachments) == 0 {
			t.Logf("%s: nothing in it %v", filepath.Base(f), m.Faults)
			silent++
		}
	}
	t.Logf("%d mails, %d with nothing in them", len(files), silent)
}
