package smsprofile_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
	"github.com/stoa-go/stoa/profile/profiletest"
	"github.com/stoa-go/stoa/profile/smsprofile"
	"github.com/stoa-go/stoa/profile/sqlprofile"
)

const number = "+4366012345"

// A desk has phones, what they sent and a clock.
type desk struct {
	*smsprofile.Phones
	mu   sync.Mutex
	sent []smsprofile.SMS
	fail error
	now  time.Time
}

func newDesk(t *testing.T, phones profile.EndpointStore, codes profile.LinkStore) *desk {
	d := &desk{now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	var err error
	d.Phones, err = smsprofile.NewPhones(phones, codes, func(_ context.Context, s smsprofile.SMS) error {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.fail == nil {
			d.sent = append(d.sent, s)
		}
		return d.fail
	}, smsprofile.PhoneOptions{
		Secret: []byte("0123456789abcdef"), Now: func() time.Time { return d.now },
		Text: func(_ context.Context, _ profile.Actor, code string) string { return "Code: " + code },
	})
	require.NoError(t, err)
	return d
}

// code is the one that was sent last.
func (d *desk) code() string { return strings.TrimPrefix(d.sent[len(d.sent)-1].Text, "Code: ") }

// wrong is another one.
func (d *desk) wrong() string {
	if d.code() == "000000" {
		return "000001"
	}
	return "000000"
}

// fault returns what is said at the field.
func fault(t *testing.T, err error, field string) string {
	t.Helper()
	require.ErrorIs(t, err, profile.ErrInvalid)
	wrong, ok := errors.AsType[errs.Fields](err)
	require.True(t, ok, err)
	require.Contains(t, wrong, field)
	return wrong[field].Key
}

var self = profile.Actor{ID: "ann"}

// TestPhones: a number is whose was sent the code, in memory and in tables.
func TestPhones(t *testing.T) {
	t.Run("memory", func(t *testing.T) { testPhones(t, memprofile.New(), memprofile.NewLinks()) })
	t.Run("tables", func(t *testing.T) {
		db := testdb.Migrated(t, "sqlprofile", sqlprofile.Migrate)
		testPhones(t, sqlprofile.New(db), sqlprofile.New(db))
	})
}

func testPhones(t *testing.T, phones profile.EndpointStore, kept profile.LinkStore) {
	d, ctx := newDesk(t, phones, kept), t.Context()
	_, err := d.Confirm(ctx, self, "123456")
	require.Equal(t, "error.sms.none", fault(t, err, "code"))

	phone, err := d.Ask(ctx, self, "0043 (660) 123-45")
	require.NoError(t, err)
	require.Equal(t, smsprofile.Phone{Pending: number, Until: d.now.Add(10 * time.Minute)}, phone)
	require.Len(t, d.code(), 6)
	require.Equal(t, "ann", d.sent[0].Person)
	_, err = d.Ask(ctx, self, number)
	require.NoError(t, err)
	require.Len(t, d.sent, 1, "a button that is pressed twice sends once")
	texts, err := d.Numbers(ctx, "ann")
	require.NoError(t, err)
	require.Empty(t, texts, "nothing goes to a number before it is known whose it is")
	_, err = d.Confirm(ctx, profile.Actor{ID: "bob"}, d.code())
	require.Equal(t, "error.sms.none", fault(t, err, "code"), "a code is for who asked")

	_, err = d.Confirm(ctx, self, "")
	require.Equal(t, "error.field.required", fault(t, err, "code"))
	_, err = d.Confirm(ctx, self, d.wrong())
	require.Equal(t, "error.sms.wrong", fault(t, err, "code"))
	require.NotContains(t, err.Error(), d.code())
	typed := strings.Map(func(r rune) rune { return '٠' + r - '0' }, d.code()[:3]) + " " + d.code()[3:]
	for range 2 {
		phone, err = d.Confirm(ctx, self, typed)
		require.NoError(t, err, "sending it again does nothing")
	}
	require.Equal(t, smsprofile.Phone{Number: number, Since: d.now}, phone)
	links, err := kept.Links(ctx, profile.LinkQuery{Subject: "person/ann"})
	require.NoError(t, err)
	require.NotContains(t, links[0].Data["code"], d.code())

	// Another number: the one before stays until it is shown to be theirs.
	d.now = d.now.Add(2 * time.Minute)
	_, err = d.Ask(ctx, self, "+4917012345")
	require.NoError(t, err)
	texts, _ = d.Numbers(ctx, "ann")
	require.Equal(t, []string{number}, texts)
	d.now = d.now.Add(10 * time.Minute)
	_, err = d.Confirm(ctx, self, d.code())
	require.Equal(t, "error.sms.expired", fault(t, err, "code"))
	_, err = d.Ask(ctx, self, "+4917012345")
	require.NoError(t, err)
	_, err = d.Confirm(ctx, self, d.code())
	require.NoError(t, err)
	texts, _ = d.Numbers(ctx, "ann")
	require.Equal(t, []string{"+4917012345"}, texts)

	// Numbers are given to others.
	bob := profile.Actor{ID: "bob"}
	_, err = d.Ask(ctx, bob, "+4917012345")
	require.NoError(t, err)
	_, err = d.Confirm(ctx, bob, d.code())
	require.NoError(t, err)
	texts, _ = d.Numbers(ctx, "ann")
	require.Empty(t, texts)
	require.NoError(t, d.Remove(ctx, bob))
	require.NoError(t, d.Remove(ctx, bob), "again is no fault")
	phone, err = d.Mine(ctx, bob)
	require.NoError(t, err)
	require.Zero(t, phone)
}

// TestPhoneTries: however many try at once, five tries are five.
func TestPhoneTries(t *testing.T) {
	d := newDesk(t, memprofile.New(), memprofile.NewLinks())
	_, err := d.Ask(t.Context(), self, number)
	require.NoError(t, err)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() { _, _ = d.Confirm(t.Context(), self, d.wrong()) })
	}
	wg.Wait()
	_, err = d.Confirm(t.Context(), self, d.code())
	require.Equal(t, "error.sms.tries", fault(t, err, "code"), "the right one is too late")
	d.now = d.now.Add(time.Minute)
	_, err = d.Ask(t.Context(), self, number)
	require.NoError(t, err)
	_, err = d.Confirm(t.Context(), self, d.code())
	require.NoError(t, err)
}

// TestPhoneLimits: five codes in an hour for one person, and to one number.
func TestPhoneLimits(t *testing.T) {
	d := newDesk(t, memprofile.New(), memprofile.NewLinks())
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() { _, _ = d.Ask(t.Context(), self, "+43660123"+string(rune('0'+i%10))+"0") })
	}
	wg.Wait()
	require.LessOrEqual(t, len(d.sent), 5, "all at once")
	d.now = d.now.Add(2 * time.Hour)
	before := len(d.sent)
	for i := range 5 {
		_, err := d.Ask(t.Context(), profile.Actor{ID: "p" + string(rune('0'+i))}, number)
		require.NoError(t, err)
	}
	_, err := d.Ask(t.Context(), profile.Actor{ID: "p9"}, number)
	require.ErrorIs(t, err, profile.ErrTooMany, "nobody is bothered by many")
	require.Len(t, d.sent, before+5)
	code := d.code()
	d.now = d.now.Add(2 * time.Minute)
	_, err = d.Ask(t.Context(), profile.Actor{ID: "p4"}, number)
	require.ErrorIs(t, err, profile.ErrTooMany)
	_, err = d.Confirm(t.Context(), profile.Actor{ID: "p4"}, code)
	require.NoError(t, err, "who is refused keeps the code that they have")
	d.now = d.now.Add(time.Hour)
	_, err = d.Ask(t.Context(), profile.Actor{ID: "p9"}, number)
	require.NoError(t, err)
}

// TestPhoneRefusals: nobody asks for somebody else, and bad input is said.
func TestPhoneRefusals(t *testing.T) {
	d, ctx := newDesk(t, memprofile.New(), memprofile.NewLinks()), t.Context()
	for _, by := range []profile.Actor{{}, {ID: "ann", Viewer: "root"}, {ID: "ann", Assurance: profile.AssuranceLink}} {
		_, err := d.Ask(ctx, by, number)
		require.ErrorIs(t, err, profile.ErrForbidden)
		_, err = d.Confirm(ctx, by, "123456")
		require.ErrorIs(t, err, profile.ErrForbidden)
		require.ErrorIs(t, d.Remove(ctx, by), profile.ErrForbidden)
	}
	for _, bad := range []string{"", "0660 12345", "+43", "+0660123456", "call me", "+4366012345;+4366012346", "+4366012345\nBcc", strings.Repeat("+431", 99)} {
		_, err := d.Ask(ctx, self, bad)
		require.Equal(t, "error.sms.number", fault(t, err, "number"), bad)
	}
	for typed, want := range map[string]string{"+44 (0)20 7946 0018": "+442079460018", "００４３660 12345": number, "٠٠٤٣٦٦٠١٢٣٤٥": number, "+43/660.12345": number} {
		got, err := smsprofile.Number(typed)
		require.NoError(t, err, typed)
		require.Equal(t, want, got)
	}
	d.fail = profile.Permanent(errors.New("no such number"))
	_, err := d.Ask(ctx, self, number)
	require.Equal(t, "error.sms.unreachable", fault(t, err, "number"))
	d.fail = errors.New("busy with " + number)
	_, err = d.Ask(ctx, self, number)
	require.ErrorIs(t, err, profile.ErrUnavailable)
	require.NotContains(t, err.Error(), number)
	phone, err := d.Mine(ctx, self)
	require.NoError(t, err)
	require.Empty(t, phone.Pending, "nobody waits for what was not sent")
	_, err = smsprofile.NewPhones(memprofile.New(), memprofile.NewLinks(), smsprofile.Folder(t.TempDir()), smsprofile.PhoneOptions{Secret: []byte("short")})
	require.ErrorIs(t, err, profile.ErrInvalid)
}

func TestPhonesOverHTTP(t *testing.T) {
	d := newDesk(t, memprofile.New(), memprofile.NewLinks())
	ask := func(by profile.Actor, method, path, body string) (int, string) {
		r := httptest.NewRequest(method, path, strings.NewReader(body)).WithContext(profile.NewContext(t.Context(), by))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		d.Handler().ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	for _, c := range [][2]string{{"GET", "/me/phone"}, {"DELETE", "/me/phone"}} {
		status, _ := ask(profile.Actor{}, c[0], c[1], "")
		require.Equal(t, 401, status)
	}
	status, body := ask(self, "PUT", "/me/phone", `{"number": "12"}`)
	require.Equal(t, 422, status, body)
	status, body = ask(self, "PUT", "/me/phone", `{"number": "+43 660 12345"}`)
	require.Equal(t, 200, status, body)
	require.Contains(t, body, `"pending":"+4366012345"`)
	require.NotContains(t, body, d.code())
	status, _ = ask(self, "POST", "/me/phone/confirmation", `{"code": "`+d.wrong()+`"}`)
	require.Equal(t, 422, status)
	status, body = ask(self, "POST", "/me/phone/confirmation", `{"code": "`+d.code()+`"}`)
	require.Equal(t, 200, status, body)
	require.Contains(t, body, `"number":"+4366012345"`)
	_, body = ask(profile.Actor{ID: "bob"}, "GET", "/me/phone", "")
	require.NotContains(t, body, number)
	status, _ = ask(self, "DELETE", "/me/phone", "")
	require.Equal(t, 204, status)
}

func TestFolder(t *testing.T) {
	profiletest.TestKeeper(t, func(t *testing.T) (profile.Keeper, []string) {
		dir := t.TempDir()
		send := smsprofile.Folder(dir)
		require.NoError(t, send(t.Context(), smsprofile.SMS{To: number, Text: "canaryone", Key: "../k", Person: "zqann"}))
		require.NoError(t, send(t.Context(), smsprofile.SMS{To: number, Text: "other", Key: "k2", Person: "zqann2"}))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "other.json"), []byte("no text"), 0o600))
		return smsprofile.FolderKeeper(dir), []string{"canaryone"}
	})
}

func TestServiceOfTexts(t *testing.T) {
	var got *http.Request
	var body map[string]string
	answer, after := 204, ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got, body = r, nil
		_ = json.NewDecoder(r.Body).Decode(&body)
		if after != "" {
			w.Header().Set("Retry-After", after)
		}
		w.WriteHeader(answer)
	}))
	t.Cleanup(server.Close)
	send, err := smsprofile.Service(server.URL+"/texts", &smsprofile.ServiceOptions{Token: "s3cret", Plain: true, Allow: netip.Addr.IsLoopback})
	require.NoError(t, err)
	s := smsprofile.SMS{To: number, Text: "Hello", Key: "k1", Person: "ann"}
	require.NoError(t, send(t.Context(), s))
	require.Equal(t, map[string]string{"to": number, "text": "Hello", "key": "k1"}, body, "who it is for is nobody's business")
	require.Equal(t, []string{"Bearer s3cret", "k1", "/texts"}, []string{got.Header.Get("Authorization"), got.Header.Get("Idempotency-Key"), got.URL.Path})
	for status, permanent := range map[int]bool{404: true, 410: true, 422: true, 400: false, 401: false, 302: false, 429: false, 500: false} {
		answer = status
		err := send(t.Context(), s)
		require.Error(t, err, status)
		require.Equal(t, permanent, profile.IsPermanent(err), status)
		require.NotContains(t, err.Error(), number)
	}
	answer, after = 429, "60"
	told, ok := errors.AsType[*profile.SendError](send(t.Context(), s))
	require.True(t, ok)
	require.Equal(t, time.Minute, told.After)
	for _, bad := range []string{"", "texts", "http://texts.example.com", "https://a:b@texts.example.com", "ftp://x.example"} {
		_, err := smsprofile.Service(bad, nil)
		require.ErrorIs(t, err, profile.ErrInvalid, bad)
	}
	strict, err := smsprofile.Service("https://127.0.0.1:9/", nil)
	require.NoError(t, err)
	require.Error(t, strict(t.Context(), s), "only the public internet")
}
