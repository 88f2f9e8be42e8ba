package app

const title = "app.title"

type printer struct{}

func (printer) T(key string, args ...any) string    { return key }
func (printer) HTML(key string, args ...any) string { return key }

type Message struct {
	Key  string
	Args map[string]any
}

type fields map[string]Message

func (fields) Add(name, key string, args map[string]any) {}

func Say(class error, key string, args map[string]any) error { return nil }

func use(p printer, f fields, status string, headers interface{ Add(a, b string) }) []any {
	f.Add("subject", "error.subject", nil)
	f.Add("subject", "error.missing_in_add", nil)
	headers.Add("host", "example.com")
	return []any{
		p.T("home.title"), p.T(title, "a", 1), p.HTML("home.intro"), p.T("plain"),
		p.T("missing.key"), p.T("status." + status), p.T("nothing." + status), p.T(status),
		Say(nil, "error.said", nil), Say(nil, "error.missing_in_say", nil),
		Message{Key: "error.message"}, Message{Args: nil, Key: "error.missing_in_message"},
		"table.entry", "not a key", "some.word", "kind." + status,
	}
}
