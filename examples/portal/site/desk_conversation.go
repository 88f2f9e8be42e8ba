package site

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/kb"
)

// readConversation reads a conversation as somebody pasted or uploaded it: JSON, a
// mail, or text with "Name: " in front of what each said. Whoever speaks first
// asks.
func readConversation(text string) (kb.Conversation, error) {
	text = strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "\r\n", "\n")
	switch trimmed := strings.TrimSpace(text); {
	case trimmed == "":
		return kb.Conversation{}, errs.Field("text", "error.field.required", nil)
	case strings.HasPrefix(trimmed, "{"):
		return readConversationJSON(trimmed)
	case mailHead.MatchString(trimmed):
		return readConversationMail(trimmed)
	}
	return readConversationText(text), nil
}

var mailHead = regexp.MustCompile(`(?i)\A(?:[a-z-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*(?:from|subject|message-id):[^\n]*\n`)

// readConversationJSON reads {"title": ..., "turns": [{"role", "name", "text", "at", "accepted"}]}.
func readConversationJSON(text string) (kb.Conversation, error) {
	var in struct {
		Title string `json:"title"`
		Turns []struct {
			Role     string    `json:"role"`
			Name     string    `json:"name"`
			Text     string    `json:"text"`
			At       time.Time `json:"at"`
			Accepted bool      `json:"accepted"`
		} `json:"turns"`
	}
	if err := json.Unmarshal([]byte(text), &in); err != nil {
		return kb.Conversation{}, errs.Field("text", "draft.bad_json", nil)
	}
	c := kb.Conversation{Title: in.Title}
	for i, t := range in.Turns {
		role := kb.TurnHelper
		if slices.Contains([]string{"asker", "customer", "user", "requester"}, t.Role) || t.Role == "" && i == 0 {
			role = kb.TurnAsker
		}
		c.Turns = append(c.Turns, kb.Turn{Role: role, Text: t.Text, At: t.At, Accepted: t.Accepted})
		if t.Name != "" && !slices.Contains(c.People, t.Name) {
			c.People = append(c.People, t.Name)
		}
	}
	return c, nil
}

// readConversationMail reads one mail, without what it quotes.
func readConversationMail(text string) (kb.Conversation, error) {
	m, err := mail.ReadMessage(strings.NewReader(text))
	if err != nil {
		return readConversationText(text), nil
	}
	words := new(mime.WordDecoder)
	c := kb.Conversation{}
	c.Title, _ = words.DecodeHeader(m.Header.Get("Subject"))
	for _, field := range []string{"From", "To", "Cc"} {
		list, _ := m.Header.AddressList(field)
		for _, a := range list {
			if a.Name != "" {
				c.People = append(c.People, a.Name)
			}
		}
	}
	body, err := plainPart(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body, 0)
	if err != nil {
		return c, errs.Field("text", "draft.bad_mail", nil)
	}
	at, _ := m.Header.Date()
	c.Turns = []kb.Turn{{Role: kb.TurnAsker, Text: unquoted(body), At: at}}
	return c, nil
}

// deepestPart is how deep parts of a mail are looked into.
const deepestPart = 5

// plainPart returns the plain text of a mail, or of a part of one.
func plainPart(kind, encoding string, body io.Reader, depth int) (string, error) {
	media, params, err := mime.ParseMediaType(cmpText(kind, "text/plain"))
	if err != nil || depth > deepestPart {
		return "", errs.Invalid
	}
	if !strings.HasPrefix(media, "multipart/") {
		if media != "text/plain" {
			return "", errs.Invalid
		}
		switch strings.ToLower(strings.TrimSpace(encoding)) {
		case "quoted-printable":
			body = quotedprintable.NewReader(body)
		case "base64":
			body = base64.NewDecoder(base64.StdEncoding, body)
		}
		text, err := io.ReadAll(io.LimitReader(body, kb.MaxConversation))
		return string(bytes.ToValidUTF8(text, []byte("�"))), err
	}
	parts := multipart.NewReader(body, params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return "", errs.Invalid
		}
		if err != nil {
			return "", err
		}
		if text, err := plainPart(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p, depth+1); err == nil {
			return text, nil
		}
	}
}

// unquoted returns a mail without what it quotes.
func unquoted(text string) string {
	var out []string
	for _, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		if !strings.HasPrefix(strings.TrimSpace(line), ">") {
			out = append(out, line)
		}
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}

// speaker is the beginning of what somebody says.
var speaker = regexp.MustCompile(`^\s*(?:\[[^\]]{1,40}\]\s*)?([\p{L}][\p{L}\p{M}.'’ -]{0,40}?)\s*(?:\([^)]{1,20}\))?[:：]\s*(.*)$`)

func readConversationText(text string) kb.Conversation {
	var c kb.Conversation
	first := ""
	lines := bufio.NewScanner(strings.NewReader(text))
	lines.Buffer(nil, kb.MaxConversation+1)
	for lines.Scan() {
		line := lines.Text()
		m := speaker.FindStringSubmatch(line)
		if m == nil || strings.HasPrefix(m[2], "//") {
			if len(c.Turns) == 0 {
				c.Turns = append(c.Turns, kb.Turn{Role: kb.TurnAsker})
			}
			last := &c.Turns[len(c.Turns)-1]
			last.Text = strings.TrimLeft(last.Text+"\n"+line, "\n")
			continue
		}
		name, role := m[1], kb.TurnHelper
		if first == "" {
			first = name
		}
		if name == first {
			role = kb.TurnAsker
		}
		if !slices.Contains(c.People, name) {
			c.People = append(c.People, name)
		}
		c.Turns = append(c.Turns, kb.Turn{Role: role, Text: m[2]})
	}
	return c
}
