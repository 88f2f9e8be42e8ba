package mailref_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/internal/mailref"
)

func key(version byte) mailref.Key {
	return mailref.Key{Version: version, Secret: bytes.Repeat([]byte{version}, 32)}
}

func keys(t testing.TB, purpose string, versions ...byte) *mailref.Keys {
	t.Helper()
	var list []mailref.Key
	for _, v := range versions {
		list = append(list, key(v))
	}
	k, err := mailref.New(purpose, list...)
	require.NoError(t, err)
	return k
}

func only(people ...string) func(string) ([]string, error) {
	return func(string) ([]string, error) { return people, nil }
}

func TestThereAndBack(t *testing.T) {
	k := keys(t, "cases.reply", '1')
	for range 100 {
		r := mailref.Ref{Subject: idem.New(), Person: "ann"}
		address, err := k.Address("support@portal.example", r)
		require.NoError(t, err)
		local, domain, _ := strings.Cut(address, "@")
		require.LessOrEqual(t, len(local), 64)
		require.Equal(t, "portal.example", domain)
		id, err := k.MessageID("portal.example", "n1", r)
		require.NoError(t, err)
		require.True(t, k.Sent(id))
		require.True(t, k.Sent(strings.ToUpper(id)))
		for _, name := range []string{address, strings.ToUpper(address), id, strings.ToUpper(id)} {
			got, err := k.Open([]string{"bob@acme.example", "x.y@acme.example", name}, only("bob", "ann"))
			require.NoError(t, err)
			require.Equal(t, r, got)
			_, err = k.Open([]string{name}, only("bob", "Ann", ""))
			require.ErrorIs(t, err, errs.NotFound, "it is for nobody else")
		}
	}
}

func TestKeysChange(t *testing.T) {
	r := mailref.Ref{Subject: "c1", Person: "ann"}
	before := keys(t, "cases.reply", '1')
	address, err := before.Address("s@p.example", r)
	require.NoError(t, err)
	id, err := before.MessageID("p.example", "n", r)
	require.NoError(t, err)

	both := keys(t, "cases.reply", '2', '1')
	got, err := both.Open([]string{address}, only("ann"))
	require.NoError(t, err)
	require.Equal(t, r, got)
	require.True(t, both.Sent(id))
	newer, err := both.Address("s@p.example", r)
	require.NoError(t, err)
	require.NotEqual(t, address, newer)

	for name, other := range map[string]*mailref.Keys{"taken away": keys(t, "cases.reply", '2'), "another purpose": keys(t, "community.reply", '1')} {
		_, err = other.Open([]string{address, id}, only("ann"))
		require.ErrorIs(t, err, errs.NotFound, name)
		require.False(t, other.Sent(id), name)
	}
}

// TestForged changes every letter of a reference, and cuts it everywhere.
func TestForged(t *testing.T) {
	k := keys(t, "cases.reply", '1')
	r := mailref.Ref{Subject: "abcdefghijklmnopqrstuvwxy2", Person: "ann"}
	address, _ := k.Address("s@p.example", r)
	id, _ := k.MessageID("p.example", "n", r)
	refused := func(name string) {
		t.Helper()
		_, err := k.Open([]string{name}, only("ann"))
		require.ErrorIs(t, err, errs.NotFound, name)
	}
	for _, real := range []string{address, id} {
		local, domain, _ := strings.Cut(real, "@")
		token, _, _ := strings.Cut(local[strings.IndexByte(local, '+')+1:], ".")
		begin := strings.Index(real, token)
		for i := range token {
			other := byte('a')
			if token[i] == 'a' {
				other = 'b'
			}
			refused(real[:begin+i] + string(other) + real[begin+i+1:])
			refused(real[:begin] + token[:i] + "@" + domain)
			refused(real[:begin] + token[i+1:] + "@" + domain)
		}
		refused(real[:begin] + token + token + "@" + domain)
	}
	token := address[2:strings.IndexByte(address, '@')]
	refused(token + ".n@p.example") // an address is no Message-ID
	for _, name := range []string{"", "@", "+", "s+@p.example", "support+id12@p.example", "case-12", "[#12]", "s+1@p.example", strings.Repeat("a", 10000)} {
		refused(name)
	}
	require.False(t, k.Sent(""))
	require.False(t, k.Sent("x.y@p.example"))
	require.False(t, k.Sent(strings.Replace(id, ".n.", ".m.", 1)))
}

// TestFewAreAsked counts how often others are asked for what a stranger made up.
func TestFewAreAsked(t *testing.T) {
	k := keys(t, "cases.reply", '1')
	var made []string
	for range 1000 {
		made = append(made, "s+1"+idem.New()+strings.Repeat("a", 20)+"@p.example")
	}
	asked := 0
	_, err := k.Open(made, func(string) ([]string, error) { asked++; return nil, errs.NotFound })
	require.ErrorIs(t, err, errs.NotFound)
	require.Equal(t, 20, asked)

	down := errors.New("database is away")
	_, err = k.Open(made, func(string) ([]string, error) { return nil, down })
	require.ErrorIs(t, err, down)
	require.NotErrorIs(t, err, errs.NotFound)
}

func TestRefused(t *testing.T) {
	k := keys(t, "cases.reply", '1')
	for _, r := range []mailref.Ref{{"", "ann"}, {"c1", ""}, {"C1", "ann"}, {"c/1", "ann"}, {strings.Repeat("a", 33), "ann"}} {
		_, err := k.Address("s@p.example", r)
		require.ErrorIs(t, err, errs.Invalid)
		_, err = k.MessageID("p.example", "n", r)
		require.ErrorIs(t, err, errs.Invalid)
	}
	r := mailref.Ref{Subject: idem.New(), Person: "ann"}
	_, err := k.Address(strings.Repeat("s", 30)+"@p.example", r)
	require.ErrorIs(t, err, errs.Invalid)
	_, err = k.Address("nowhere", r)
	require.ErrorIs(t, err, errs.Invalid)
	for _, nonce := range []string{"", "a.b", "A", "a\r\nb", strings.Repeat("n", 41)} {
		_, err = k.MessageID("p.example", nonce, r)
		require.ErrorIs(t, err, errs.Invalid)
	}
	for _, bad := range [][]mailref.Key{nil, {key('A')}, {key('1'), key('1')}, {{Version: '1', Secret: []byte("short")}}} {
		_, err := mailref.New("x", bad...)
		require.Error(t, err)
	}
	_, err = mailref.New("", key('1'))
	require.Error(t, err)
}

func FuzzOpen(f *testing.F) {
	k := keys(f, "cases.reply", '1')
	address, _ := k.Address("s@p.example", mailref.Ref{Subject: "c1", Person: "ann"})
	f.Add(address)
	f.Add("x.y@p.example")
	f.Fuzz(func(t *testing.T, name string) {
		ref, err := k.Open([]string{name}, only("eve"))
		require.ErrorIs(t, err, errs.NotFound)
		require.Zero(t, ref)
		k.Sent(name)
	})
}
