package mailin_test

import (
	"encoding/base64"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/mailin"
)

// crlf writes a mail as it comes from the wire.
func crlf(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }

func parse(t *testing.T, raw string, opts *mailin.Options) *mailin.Message {
	t.Helper()
	m, err := mailin.Read(strings.NewReader(raw), opts)
	require.NoError(t, err)
	return m
}

const whole = `Return-Path: <ann@acme.example>
From: =?utf-8?q?Ann_M=C3=BCller?= <Ann@ACME.example>
To: "Support, Portal" <support@portal.example>, Team: bob@acme.example, cat@acme.example;
Cc: <dan@xn--bcher-kva.example>
Reply-To: ann@acme.example
Subject: =?UTF-8?B?RHJ1Y2tlciBicmVubnQsIA==?= =?UTF-8?B?8J+Y?=
 =?UTF-8?B?gA==?=
Date: Tue, 3 Nov 2026 16:05:00 +0100
Message-ID: <a1@acme.example>
In-Reply-To: <s2@portal.example>
References: <s1@portal.example>
 <s2@portal.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="out"

preamble
--out
Content-Type: multipart/related; boundary=in

--in
Content-Type: multipart/alternative; boundary=alt

--alt
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Es brennt. Gr=FC=
=DFe
--alt
Content-Type: text/html; charset=utf-8

<p>Es brennt. <img src="cid:pic@x"></p>
--alt--
--in
Content-Type: image/png; name=pic.png
Content-ID: <pic@x>
Content-Transfer-Encoding: base64

iVBORw0K
Gg==
--in--
--out
Content-Type: application/pdf
Content-Disposition: attachment; filename*0*=utf-8''..%2F..%2Fetc%2F; filename*1*=r%C3%A4t.pdf

%PDF
--out--
epilogue
`

func TestRead(t *testing.T) {
	for name, raw := range map[string]string{"as files are": whole, "as the wire has it": crlf(whole)} {
		t.Run(name, func(t *testing.T) {
			content := map[string]string{}
			m := parse(t, raw, &mailin.Options{Attachment: func(a mailin.Attachment, r io.Reader) error {
				data, err := io.ReadAll(r)
				content[a.Name] = string(data)
				return err
			}})
			require.Equal(t, mailin.Address{Name: "Ann Müller", Email: "Ann@acme.example"}, m.From)
			require.Equal(t, []mailin.Address{{"Support, Portal", "support@portal.example"}, {"", "bob@acme.example"}, {"", "cat@acme.example"}}, m.To)
			require.Equal(t, []mailin.Address{{"", "dan@xn--bcher-kva.example"}}, m.Cc)
			require.Len(t, m.Addressees(), 4)
			require.Equal(t, "Drucker brennt, 😀", m.Subject)
			require.Equal(t, time.Date(2026, 11, 3, 15, 5, 0, 0, time.UTC), m.Date)
			require.Equal(t, "a1@acme.example", m.ID)
			require.Equal(t, "s2@portal.example", m.InReplyTo)
			require.Equal(t, []string{"s1@portal.example", "s2@portal.example"}, m.References)
			require.Equal(t, "Es brennt. Grüße", m.Text)
			require.Contains(t, m.HTML, `cid:pic@x`)
			require.Equal(t, []mailin.Attachment{
				{Name: "pic.png", Type: "image/png", ContentID: "pic@x", Inline: true, Size: 7},
				{Name: "rät.pdf", Type: "application/pdf", Size: 4},
			}, m.Attachments)
			require.Equal(t, map[string]string{"pic.png": "\x89PNG\r\n\x1a", "rät.pdf": "%PDF"}, content)
			require.Equal(t, mailin.KindPerson, m.Kind)
			require.Empty(t, m.Faults)
		})
	}
}

// TestBrokenMails are read as well as they can be, and say what was wrong.
func TestBrokenMails(t *testing.T) {
	for name, c := range map[string]struct {
		raw, text string
		fault     mailin.Fault
	}{
		"empty":                              {"", "", mailin.FaultFrom},
		"no header":                          {"\nhello", "hello", mailin.FaultFrom},
		"no lines of a header":               {"what is this\nFrom: a@x.example\n\nhello", "hello", mailin.FaultHeader},
		"two senders":                        {"From: a@x.example\nFrom: b@x.example\n\nhello", "hello", mailin.FaultFrom},
		"sender is two":                      {"From: a@x.example, b@x.example\n\nhello", "hello", mailin.FaultFrom},
		"recipient is none":                  {"From: a@x.example\nTo: undisclosed <@>, b@x.example\n\nhello", "hello", mailin.FaultAddress},
		"no boundary":                        {"From: a@x.example\nContent-Type: multipart/mixed\n\nhello", "hello", mailin.FaultMIME},
		"a boundary that never comes":        {"From: a@x.example\nContent-Type: multipart/mixed; boundary=b\n\nhello", "hello", mailin.FaultMIME},
		"not closed":                         {"From: a@x.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nhello", "hello", mailin.FaultMIME},
		"the inner one not closed":           {"From: a@x.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\nhello\n--b\n\nworld\n--b--", "hello\n\nworld", mailin.FaultMIME},
		"base64 with rubbish in it":          {"From: a@x.example\nContent-Transfer-Encoding: base64\n\naGVs!!\nbG8\n", "hello", ""},
		"base64 in two pieces":               {"From: a@x.example\nContent-Transfer-Encoding: base64\n\naGVsbA==\nbw==\n", "hello", ""},
		"an equals sign that begins nothing": {"From: a@x.example\nContent-Transfer-Encoding: quoted-printable\n\n1=1 =C3=A4=", "1=1 ä", ""},
		"an unknown charset":                 {"From: a@x.example\nContent-Type: text/plain; charset=klingon\n\nGr\xfc\xdfe", "Grüße", mailin.FaultCharset},
		"a charset that is not true":         {"From: a@x.example\nContent-Type: text/plain; charset=utf-8\n\nGr\xfc\xdfe", "Grüße", mailin.FaultCharset},
		"iso-2022-jp":                        {"From: a@x.example\nContent-Type: text/plain; charset=iso-2022-jp\n\n\x1b$B$\"\x1b(B", "あ", ""},
		"NUL and controls":                   {"From: a@x.example\n\na\x00b\x07\x85c", "ab\u2026c", ""},
		"a parameter twice":                  {"From: a@x.example\nContent-Type: text/plain; charset=utf-8; charset=utf-8\n\nä", "ä", ""},
		"as in a mailbox":                    {"From a@x.example Tue Nov  3 16:05:00 2026\nFrom: a@x.example\n\nhello", "hello", ""},
	} {
		t.Run(name, func(t *testing.T) {
			m := parse(t, c.raw, nil)
			require.Equal(t, c.text, m.Text)
			if c.fault != "" {
				require.Contains(t, m.Faults, c.fault)
			}
		})
	}
}

func TestParseAddress(t *testing.T) {
	for text, want := range map[string]string{
		"ann@acme.example":                          "ann@acme.example",
		" Ann <ann@acme.example> ":                  "ann@acme.example",
		`"Smith, Ann" <ann@acme.example>`:           "ann@acme.example",
		"ann@bücher.example":                        "ann@xn--bcher-kva.example",
		"ann@BÜCHER.example":                        "ann@xn--bcher-kva.example",
		"\"eve@evil.example\" <ann@acme.example>":   "ann@acme.example",
		"ann(comment)@acme.example":                 "",
		"ann@acme.example (Ann)":                    "",
		`"ann smith"@acme.example`:                  "",
		`"<script>alert(1)</script>"@evil.example`:  "",
		"=?utf-8?q?ann?=@acme.example":              "",
		"=?utf-8?q?ann=40acme.example?=":            "",
		"<@relay.example:ann@acme.example>":         "",
		"ann@evil.example@acme.example":             "",
		"ann%evil.example@acme.example":             "",
		"ann@[127.0.0.1]":                           "",
		"ann@localhost":                             "",
		"ann@acme..example":                         "",
		"ann@xn--a.example":                         "",
		"Ａ@acme.example":                            "",
		"ann@acme.example\r\nBcc: eve@evil.example": "",
		"ann@acme.example\x00":                      "",
		"<ann@acme.example> <eve@evil.example>":     "",
		"ann@acme.example <eve@evil.example> x":     "",
		"":                                          "",
		strings.Repeat("a", 65) + "@acme.example":   "",
	} {
		a, ok := mailin.ParseAddress(text)
		require.Equal(t, want, a.Email, text)
		require.Equal(t, want != "", ok, text)
	}
	a, _ := mailin.ParseAddress("=?utf-8?q?A=0D=0Ann=00=E2=80=AE?= <ann@acme.example>")
	require.Equal(t, "A nn", a.Name)
}

func TestSafeName(t *testing.T) {
	for name, want := range map[string]string{
		"report.pdf": "report.pdf", "../../etc/passwd": "passwd", `C:\temp\a.txt`: "a.txt", "..": "attachment-1.bin", "": "attachment-1.bin",
		"a\x00b\u200b.\u202egpj.exe": "ab.gpj.exe", "con.txt": "_con.txt", "NUL": "_NUL", "trail. . ": "trail", ".htaccess": "htaccess", "a:b?.png": "a_b_.png",
		"\xff\xfe.txt": "txt", strings.Repeat("ä", 300) + ".png": strings.Repeat("ä", 73) + ".png",
	} {
		require.Equal(t, want, mailin.SafeName(name, "application/x-thing", 1), "%q", name)
	}
	require.Equal(t, "attachment-3.eml", mailin.SafeName("/", "message/rfc822", 3))
}

func TestLimits(t *testing.T) {
	big := "From: a@x.example\n\n" + strings.Repeat("line\n", 1000)
	_, err := mailin.Read(strings.NewReader(big), &mailin.Options{MaxSize: 1000})
	require.ErrorIs(t, err, mailin.ErrTooLarge)
	require.ErrorIs(t, err, errs.Invalid)

	m := parse(t, big, &mailin.Options{MaxText: 100})
	require.Len(t, m.Text, 99)
	require.Contains(t, m.Faults, mailin.FaultText)

	m = parse(t, nested(400, "hello"), nil)
	require.Contains(t, m.Faults, mailin.FaultDepth)
	require.Len(t, m.Attachments, 1, "what is too deep is kept")

	parts := "From: a@x.example\nContent-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\nContent-Type: image/png\n\nx\n", 300) + "--b--\n"
	m = parse(t, parts, nil)
	require.Len(t, m.Attachments, 200)
	require.Contains(t, m.Faults, mailin.FaultParts)

	m = parse(t, strings.Repeat("X-A: b\n", 10000)+"From: a@x.example\n\nhello", nil)
	require.Len(t, m.Header, 500)
	require.Equal(t, "hello", m.Text)

	m = parse(t, "References: "+strings.Repeat("<a@b> ", 5000)+"\nSubject: "+strings.Repeat("x", 100000)+"\n\nhello", nil)
	require.LessOrEqual(t, len(m.References), 100)
	require.LessOrEqual(t, len(m.Subject), 16<<10)
	require.Equal(t, "hello", m.Text)
}

func nested(depth int, text string) string {
	var b strings.Builder
	b.WriteString("From: a@x.example\n")
	for i := range depth {
		b.WriteString("Content-Type: multipart/mixed; boundary=b" + strings.Repeat("x", i%50) + string(rune('a'+i%26)) + "\n\n--b" + strings.Repeat("x", i%50) + string(rune('a'+i%26)) + "\n")
	}
	return b.String() + "\n" + text
}

// TestReadersFaults are told: a mail that was cut off is not a short one.
func TestReadersFaults(t *testing.T) {
	cut := errors.New("connection reset")
	_, err := mailin.Read(io.MultiReader(strings.NewReader(whole[:600]), broken{cut}), nil)
	require.ErrorIs(t, err, cut)
	full := errors.New("disk full")
	_, err = mailin.Read(strings.NewReader(whole), &mailin.Options{Attachment: func(mailin.Attachment, io.Reader) error { return full }})
	require.ErrorIs(t, err, full)
}

type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

// TestStreams reads an attachment larger than what a mail may cost in memory.
func TestStreams(t *testing.T) {
	const size = 20 << 20
	raw := io.MultiReader(
		strings.NewReader("From: a@x.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: video/mp4\nContent-Transfer-Encoding: base64\n\n"),
		io.LimitReader(zeros{}, size), strings.NewReader("\n--b--\n"))
	m, err := mailin.Read(raw, nil)
	require.NoError(t, err)
	require.EqualValues(t, size/4*3, m.Attachments[0].Size)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'A'
	}
	return len(p), nil
}

func FuzzRead(f *testing.F) {
	f.Add(whole)
	f.Add(crlf(whole))
	f.Add(nested(30, "x"))
	f.Add("Content-Transfer-Encoding: base64\n\n" + base64.StdEncoding.EncodeToString([]byte(whole)))
	f.Add("Content-Type: text/html\n\n<blockquote><p>a<br>b<table><li>")
	f.Add("Content-Transfer-Encoding: quoted-printable\n\n" + strings.Repeat("a", 8191) + "=C3=A4")
	f.Fuzz(func(t *testing.T, raw string) {
		m, err := mailin.Read(strings.NewReader(raw), &mailin.Options{MaxText: 64 << 10, Servers: []string{"mx"}})
		require.NoError(t, err)
		require.Equal(t, m.Text, joined(m.Passages))
		require.Equal(t, strings.TrimSpace(m.Text) == "", strings.TrimSpace(m.Reply()) == "")
		for _, a := range m.Attachments {
			require.NotContains(t, a.Name, "/")
			require.NotEmpty(t, a.Name)
		}
	})
}

func FuzzSplit(f *testing.F) {
	for _, r := range replies {
		f.Add(r.text, r.sender, false)
	}
	f.Fuzz(func(t *testing.T, text, sender string, forwarded bool) {
		list := mailin.Split(text, mailin.Hints{Sender: sender, Forwarded: forwarded})
		require.Equal(t, text, joined(list))
		require.Equal(t, strings.TrimSpace(text) == "", strings.TrimSpace(mailin.Reply(list)) == "")
	})
}
