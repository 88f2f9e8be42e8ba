package mailhookcases_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/cases/mailhookcases"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile/webhookprofile"
)

const (
	secret = "0123456789abcdef"
	older  = "fedcba9876543210"
	mail   = "From: ann@acme.example\r\nSubject: Help\r\n\r\nIt burns.\r\n"
)

var now = time.Date(2026, 11, 3, 16, 5, 0, 0, time.UTC)

// A world is a hook with what it took.
type world struct {
	hook http.Handler
	dir  string
	got  []mailhookcases.Envelope
	raw  []string
	fail error
}

type maker = func(mailhookcases.Receive, mailhookcases.Options) (http.Handler, error)

func open(t *testing.T, make maker) *world {
	t.Helper()
	w := &world{dir: t.TempDir()}
	var err error
	w.hook, err = make(func(_ context.Context, raw io.Reader, e mailhookcases.Envelope) error {
		data, err := io.ReadAll(raw)
		if err != nil || w.fail != nil {
			return errors.Join(err, w.fail)
		}
		w.got, w.raw = append(w.got, e), append(w.raw, string(data))
		return nil
	}, mailhookcases.Options{Secrets: []string{secret, older}, MaxSize: 600 << 10, Dir: w.dir, Now: func() time.Time { return now }})
	require.NoError(t, err)
	return w
}

func (w *world) call(r *http.Request) int {
	rec := httptest.NewRecorder()
	w.hook.ServeHTTP(rec, r)
	return rec.Code
}

func (w *world) clean(t *testing.T) {
	t.Helper()
	left, err := os.ReadDir(w.dir)
	require.NoError(t, err)
	require.Empty(t, left)
}

func post(body io.Reader, headers ...string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/hooks/mail", body)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

// cut ends a body in the middle.
func cut(body string) io.Reader {
	return io.MultiReader(strings.NewReader(body[:len(body)/2]), broken{})
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestSigned(t *testing.T) {
	w := open(t, mailhookcases.NewSigned)
	by := func(secret, body string, at time.Time) string { return webhookprofile.Sign(secret, []byte(body), at) }
	large := mail + strings.Repeat("line\r\n", 60<<10)
	for _, c := range []struct {
		name      string
		body      io.Reader
		signature string
		want      int
	}{
		{"good", strings.NewReader(mail), by(secret, mail, now), 200},
		{"again, later, with the older secret", strings.NewReader(mail), by(older, mail, now.Add(-time.Minute)), 200},
		{"large", strings.NewReader(large), by(secret, large, now), 200},
		{"not signed", strings.NewReader(mail), "", 401},
		{"changed", strings.NewReader(mail + "x"), by(secret, mail, now), 401},
		{"another secret", strings.NewReader(mail), by("0123456789abcdeg", mail, now), 401},
		{"too old", strings.NewReader(mail), by(secret, mail, now.Add(-6*time.Minute)), 401},
		{"of the future", strings.NewReader(mail), by(secret, mail, now.Add(6*time.Minute)), 401},
		{"cut off", cut(large), by(secret, large, now), 503},
		{"too large", strings.NewReader(strings.Repeat("x", 601<<10)), by(secret, mail, now), 413},
	} {
		require.Equal(t, c.want, w.call(post(c.body, "Stoa-Signature", c.signature)), c.name)
	}
	require.Equal(t, []string{mail, mail, large}, w.raw)
	require.Equal(t, w.got[0].Key, w.got[1].Key)
	require.NotEqual(t, w.got[0].Key, w.got[2].Key)
	w.clean(t)

	for _, c := range []struct {
		err  error
		want int
	}{{errors.New("database is away"), 503}, {errs.Invalid, 422}} {
		w.fail = c.err
		require.Equal(t, c.want, w.call(post(strings.NewReader(mail), "Stoa-Signature", by(secret, mail, now))))
	}
	require.Equal(t, 405, w.call(httptest.NewRequest(http.MethodGet, "/", nil)))
	w.clean(t)
}

// routed is what Mailgun sends.
func routed(token, body string, at time.Time, files bool) *http.Request {
	stamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(stamp + token))
	fields := url.Values{
		"timestamp": {stamp}, "token": {token}, "signature": {hex.EncodeToString(mac.Sum(nil))}, "body-mime": {body},
		"sender": {"ann@acme.example"}, "recipient": {"Support+x@portal.example, bob@portal.example"}, "subject": {"Help"},
	}
	if !files {
		return post(strings.NewReader(fields.Encode()), "Content-Type", "application/x-www-form-urlencoded")
	}
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for name, v := range fields {
		form.WriteField(name, v[0])
	}
	form.Close()
	return post(&b, "Content-Type", form.FormDataContentType())
}

func TestMailgun(t *testing.T) {
	w := open(t, mailhookcases.NewMailgun)
	large := mail + strings.Repeat("line\r\n", 60<<10)
	require.Equal(t, 200, w.call(routed("t1", mail, now, false)))
	require.Equal(t, 200, w.call(routed("t2", large, now, true)))
	require.Equal(t, 200, w.call(routed("t1", "another mail", now.Add(-8*time.Hour), true)))
	require.Equal(t, []string{mail, large, "another mail"}, w.raw)
	require.Equal(t, w.got[0].Key, w.got[2].Key, "a token stands for one mail")
	require.NotEqual(t, w.got[0].Key, w.got[1].Key)
	require.Equal(t, "ann@acme.example", w.got[0].From)
	require.Equal(t, []string{"support+x@portal.example", "bob@portal.example"}, w.got[0].To)

	require.Equal(t, 401, w.call(routed("t1", mail, now.Add(-13*time.Hour), false)))
	forged := routed("t1", mail, now, false)
	body, _ := io.ReadAll(forged.Body)
	for from, to := range map[string]string{"token=t1": "token=t2", "signature=": "signature=00", "timestamp=": "timestamp=1", "token=": "x="} {
		bad := strings.Replace(string(body), from, to, 1)
		require.Equal(t, 401, w.call(post(strings.NewReader(bad), "Content-Type", "application/x-www-form-urlencoded")), to)
	}
	require.Equal(t, 400, w.call(post(strings.NewReader(strings.Replace(string(body), "body-mime", "body-plain", 1)), "Content-Type", "application/x-www-form-urlencoded")))
	require.Equal(t, 413, w.call(routed("t3", strings.Repeat("x", 601<<10), now, true)))
	whole, _ := io.ReadAll(routed("t4", large, now, true).Body)
	r := routed("t4", large, now, true)
	r.Body = io.NopCloser(cut(string(whole)))
	require.Equal(t, 503, w.call(r))
	w.fail = errs.Invalid
	require.Equal(t, 406, w.call(routed("t5", mail, now, true)), "which Mailgun does not try again")
	require.Len(t, w.got, 3)
	w.clean(t)
}

func TestPostmark(t *testing.T) {
	w := open(t, mailhookcases.NewPostmark)
	send := func(user, password, body string) int {
		r := post(strings.NewReader(body), "Content-Type", "application/json")
		if user != "" {
			r.SetBasicAuth(user, password)
		}
		return w.call(r)
	}
	inbound := func(id, raw string) string {
		b, err := json.Marshal(map[string]any{"MessageID": id, "OriginalRecipient": "support+x@portal.example", "RawEmail": raw, "FromFull": map[string]string{"Email": "ann@acme.example"}})
		require.NoError(t, err)
		return string(b)
	}
	require.Equal(t, 200, send("postmark", secret, inbound("m1", mail)))
	require.Equal(t, 200, send("whoever", older, inbound("m1", mail)))
	require.Equal(t, 200, send("postmark", secret, inbound("m2", mail)))
	require.Equal(t, w.got[0].Key, w.got[1].Key)
	require.NotEqual(t, w.got[0].Key, w.got[2].Key)
	require.Equal(t, mail, w.raw[0])
	require.Equal(t, []string{"support+x@portal.example"}, w.got[0].To)

	require.Equal(t, 401, send("", "", inbound("m3", mail)))
	require.Equal(t, 401, send("postmark", "", inbound("m3", mail)))
	require.Equal(t, 401, send("postmark", secret+"x", inbound("m3", mail)))
	require.Equal(t, 400, send("postmark", secret, inbound("m3", "")), "a stream that does not include the raw mail")
	require.Equal(t, 400, send("postmark", secret, inbound("", mail)))
	require.Equal(t, 400, send("postmark", secret, "{"))
	require.Equal(t, 413, send("postmark", secret, inbound("m4", strings.Repeat("x", 601<<10))))
	require.Equal(t, 413, send("postmark", secret, inbound("m4", strings.Repeat("x", 2<<20))))
	w.fail = errs.Invalid
	require.Equal(t, 403, send("postmark", secret, inbound("m5", mail)), "which Postmark does not try again")
	require.Len(t, w.got, 3)
	w.clean(t)
}

// TestAtOnce has those who come while too many are there come back.
func TestAtOnce(t *testing.T) {
	began, let, done := make(chan struct{}), make(chan struct{}), make(chan int)
	hook, err := mailhookcases.NewSigned(func(context.Context, io.Reader, mailhookcases.Envelope) error { began <- struct{}{}; <-let; return nil },
		mailhookcases.Options{Secrets: []string{secret}, AtOnce: 1})
	require.NoError(t, err)
	w := &world{hook: hook}
	call := func() int {
		return w.call(post(strings.NewReader(mail), "Stoa-Signature", webhookprofile.Sign(secret, []byte(mail), time.Now())))
	}
	go func() { done <- call() }()
	<-began
	require.Equal(t, 503, call())
	close(let)
	require.Equal(t, 200, <-done)
}

func TestNewRefuses(t *testing.T) {
	take := func(context.Context, io.Reader, mailhookcases.Envelope) error { return nil }
	for _, make := range []maker{mailhookcases.NewSigned, mailhookcases.NewMailgun, mailhookcases.NewPostmark} {
		for _, o := range []mailhookcases.Options{{}, {Secrets: []string{secret, ""}}, {Secrets: []string{"short"}}} {
			_, err := make(take, o)
			require.Error(t, err)
		}
		_, err := make(nil, mailhookcases.Options{Secrets: []string{secret}})
		require.Error(t, err)
	}
}
