package mailin

import (
	"regexp"
	"slices"
	"strings"
)

// A Kind says what sort of mail one is.
type Kind string

// The kinds of mail. Only a person's may be answered by a machine.
const (
	KindPerson       Kind = "person"
	KindAutoReply    Kind = "auto_reply"   // somebody is on holiday, or their desk has got our mail
	KindMachine      Kind = "machine"      // a program wrote it, or it cannot be answered
	KindBounce       Kind = "bounce"       // a mail server says what became of a mail; see Report
	KindComplaint    Kind = "complaint"    // somebody calls a mail of ours unwanted; see Report
	KindList         Kind = "list"         // of a mailing list, or to very many people
	KindLoop         Kind = "loop"         // we sent it ourselves, or it goes round in circles
	KindVerification Kind = "verification" // a service wants to know that whoever reads here owns this address
)

const maxHops = 50 // servers that a mail came through

// A sign is something that tells what kind of mail one is, and what it is.
type sign struct {
	kind Kind
	why  func(r *reader) string // empty if it is not there
}

// signs come in the order in which they count.
var signs = []sign{
	{KindLoop, looped},
	{KindComplaint, func(r *reader) string {
		return when(r.m.Report != nil && len(r.m.Report.Complaint) > 0, "feedback report")
	}},
	{KindBounce, bounced},
	{KindVerification, verifies},
	{KindAutoReply, autoReplied},
	{KindList, list},
	{KindMachine, machine},
}

func (r *reader) kind() (Kind, string) {
	for _, s := range signs {
		if why := s.why(r); why != "" {
			return s.kind, why
		}
	}
	return KindPerson, ""
}

func when(is bool, why string) string {
	if is {
		return why
	}
	return ""
}

func looped(r *reader) string {
	m := r.m
	switch {
	case m.ID != "" && r.opts.Sent(m.ID):
		return "Message-ID"
	case m.From.Email != "" && r.opts.Ours(m.From.Key()):
		return "From"
	case slices.ContainsFunc(m.Header.All("x-loop"), func(v string) bool { return r.opts.Ours(strings.ToLower(strings.TrimSpace(v))) }):
		return "X-Loop"
	}
	return when(len(m.Header.All("received")) > maxHops, "Received")
}

func bounced(r *reader) string {
	m := r.m
	local, _, _ := strings.Cut(m.From.Key(), "@")
	kind, params := mediaType(m.Header.Value("content-type"))
	switch {
	case m.Report != nil && len(m.Report.Statuses) > 0:
		return "delivery status"
	case kind == "multipart/report" && strings.EqualFold(params["report-type"], "delivery-status"):
		return "Content-Type"
	case m.Header.has("x-failed-recipients"):
		return "X-Failed-Recipients"
	}
	return when(local == "mailer-daemon" || local == "postmaster" && unanswerable(m), "From")
}

// unanswerable reports whether the server wrote that there is nobody to return it to.
func unanswerable(m *Message) bool {
	path := m.Header.All("return-path")
	return len(path) > 0 && strings.Trim(path[0], "<> ") == ""
}

// onHoliday begins the subject of what is answered while nobody is there.
var onHoliday = []string{
	"automatic reply", "auto-reply", "autoreply", "auto reply", "auto:", "autoresponse", "out of office", "out of the office", "vacation reply",
	"automatische antwort", "automatische beantwortung", "abwesenheitsnotiz", "abwesenheit:", "réponse automatique", "absence du bureau", "message d'absence",
	"respuesta automática", "fuera de la oficina", "resposta automática", "risposta automatica", "automatisch antwoord", "автоответ", "自動返信", "自動応答", "不在通知",
	"自动回复", "자동 회신", "رد تلقائي", "رد آلي",
}

// autoFields are those of programs that answer, each in its own way.
var autoFields = []string{"x-autoreply", "x-autorespond", "x-autoresponse", "x-auto-reply", "x-mail-autoreply", "x-autoreply-from", "auto-submitted-reply", "x-vacation"}

func autoReplied(r *reader) string {
	h := r.m.Header
	submitted := strings.ToLower(h.Value("auto-submitted"))
	switch {
	case strings.HasPrefix(submitted, "auto-replied"):
		return "Auto-Submitted"
	case slices.ContainsFunc(h.All("precedence"), func(v string) bool { return named(strings.ReplaceAll(v, "-", "_"), []string{"auto_reply"}) }):
		return "Precedence"
	}
	for _, name := range autoFields {
		if v := strings.ToLower(h.Value(name)); h.has(name) && v != "no" && v != "false" {
			return name
		}
	}
	subject := strings.ToLower(r.m.Subject)
	if slices.ContainsFunc(onHoliday, func(p string) bool { return strings.HasPrefix(subject, p) }) {
		return "Subject"
	}
	kind, params := mediaType(h.Value("content-type"))
	return when(kind == "multipart/report" && strings.EqualFold(params["report-type"], "disposition-notification"), "Content-Type")
}

func list(r *reader) string {
	h := r.m.Header
	for _, name := range []string{"list-id", "list-post", "list-unsubscribe", "x-mailing-list", "x-listserver", "mailing-list"} {
		if h.has(name) {
			return name
		}
	}
	bulk := slices.ContainsFunc(h.All("precedence"), func(v string) bool { return named(v, []string{"bulk", "list", "junk"}) })
	return when(bulk, "Precedence")
}

// nobody is who reads no answer.
var nobody = regexp.MustCompile(`^(no|not|dont|do-?not|donot|never|nicht|ne-?pas|nao|no-?responder|nepasrepondre)?[-_.]?(reply|replies|respond|antworten|repondre|responder|responda)([-_.+].*)?$|` +
	`^(mailer-daemon|postmaster|bounces?|notifications?|alerts?|automated|system|daemon|nobody|root|cron)([-_.+].*)?$`)

// answers are local parts that look like nobody's and are somebody's.
var answers = regexp.MustCompile(`^(reply|replies|respond|responder)([-_.+].*)?$`)

func machine(r *reader) string {
	h := r.m.Header
	submitted := strings.ToLower(strings.TrimSpace(h.Value("auto-submitted")))
	local, _, _ := strings.Cut(r.m.From.Key(), "@")
	switch {
	case submitted != "" && submitted != "no":
		return "Auto-Submitted"
	case h.has("x-auto-response-suppress") && !named(h.Value("x-auto-response-suppress"), []string{"none"}):
		return "X-Auto-Response-Suppress"
	case nobody.MatchString(local) && !answers.MatchString(local):
		return "From"
	case unanswerable(r.m):
		return "Return-Path"
	}
	return when(h.has("feedback-id") || h.has("x-cron-env"), "Feedback-ID")
}

// What services write that want to know who owns an address.
var (
	codeIn = regexp.MustCompile(`(?i)(verif\w*|confirmation|security|sign-?in|log-?in|access|one-?time|activation|bestätigungs|sicherheits|anmelde|v[ée]rification|seguridad|verificaci[óo]n)[ -]?` +
		`(code|pin|passcode|password|código)\b|\bcode (de |for )?(v[ée]rification|confirmation|sécurité)|código de (verificación|confirmación|seguridad)|(認証|確認|検証)コード|رمز (التحقق|التأكيد|الأمان)|验证码`)
	provesIn = regexp.MustCompile(`(?i)(verify|confirm|validate|activate|bestätig\w*|vérifie[rz]|confirme[rz]|verifi(ca|que)|confirm(a|e)|activ(a|e))\b.{0,40}` +
		`(e-?mail|address|account|adresse|konto|compte|correo|cuenta)|(reset|set) your password|passwor[dt].{0,20}(zurücksetzen|reset)|réinitialis\w+.{0,20}mot de passe|restablec\w+.{0,20}contraseña|` +
		`(sign|log) ?in (link|to)|magic link|メールアドレスの(確認|認証)|パスワード(の)?(再設定|リセット)|(تأكيد|تحقق).{0,30}(بريد|حساب)|إعادة تعيين كلمة المرور`)
	secret = regexp.MustCompile(`\b[A-Z0-9]{3}-?[A-Z0-9]{3,5}\b|https?://\S{40,}`)
)

// verifies finds mails with which a service would hand an account to whoever can
// read them here. Those of people who write about such mails are none: they have
// neither code nor link in them, or answer something.
func verifies(r *reader) string {
	m := r.m
	if m.InReplyTo != "" || len(m.References) > 0 || forwards(m.Subject) {
		return ""
	}
	start := clip(m.Text, 4000)
	told := codeIn.MatchString(m.Subject) || provesIn.MatchString(m.Subject)
	hidden := machine(r) != "" || list(r) != ""
	switch {
	case told && (hidden || secret.MatchString(m.Subject) || secret.MatchString(start)):
		return "Subject"
	case hidden && (codeIn.MatchString(start) || provesIn.MatchString(start)) && secret.MatchString(start):
		return "text"
	}
	return ""
}

func clip(text string, n int) string {
	if len(text) > n {
		return text[:n]
	}
	return text
}
