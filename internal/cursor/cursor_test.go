package cursor_test

import (
	"encoding/base64"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/errs"
)

func TestPositionsComeBack(t *testing.T) {
	for _, parts := range [][]string{
		{""}, {"", ""}, {"a"}, {"a", "b"}, {"2026-11-21", "~?/+|%_'", "日本", "\x00\xff"},
		{strings.Repeat("x", 127)}, {strings.Repeat("x", 128), "y"}, {strings.Repeat("é", 700)},
	} {
		token := cursor.Encode(parts...)
		require.Equal(t, token, strings.Trim(token, "+/= "), "the token goes into a URL as it is")
		got, err := cursor.Decode(token, len(parts))
		require.NoError(t, err)
		require.Equal(t, parts, got)
	}
	got, err := cursor.Decode(cursor.Encode(), 0)
	require.NoError(t, err)
	require.Empty(t, got)
}

func TestOtherPositionsAreInvalid(t *testing.T) {
	raw := base64.RawURLEncoding.EncodeToString
	tests := []struct {
		name, token string
		n           int
	}{
		{"empty", "", 1},
		{"too few parts", cursor.Encode("a"), 2},
		{"too many parts", cursor.Encode("a", "b"), 1},
		{"something after", cursor.Encode("a") + "AA", 1},
		{"padding", cursor.Encode("a") + "==", 1},
		{"standard alphabet", "+/8", 1},
		{"bits after the end", "AWF", 1},
		{"a line break", "AW\nE", 1},
		{"a length beyond the end", raw([]byte{5, 'a'}), 1},
		{"a length one beyond the end", raw([]byte{2, 'a'}), 1},
		{"a length beyond all memory", raw([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 'a'}), 1},
		{"a length that overflows", raw([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 'a'}), 1},
		{"a length written long", raw([]byte{0x81, 0x00, 'a'}), 1},
		{"too long", cursor.Encode(strings.Repeat("a", cursor.MaxLength)), 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := cursor.Decode(tt.token, tt.n)
			require.ErrorIs(t, err, errs.Invalid)
		})
	}
}

func TestNumbersAndTimes(t *testing.T) {
	for _, n := range []int64{0, 1, -1, math.MaxInt64, math.MinInt64} {
		got, err := cursor.ParseInt(cursor.FormatInt(n))
		require.NoError(t, err)
		require.Equal(t, n, got)
	}
	for _, s := range []string{"", "+1", "01", "-0", " 1", "1.0", "1e3", "0x1", "9223372036854775808", "١"} {
		_, err := cursor.ParseInt(s)
		require.ErrorIs(t, err, errs.Invalid, "%q", s)
	}
	zone := time.FixedZone("five", 5*3600)
	for _, at := range []time.Time{{}, time.Unix(0, 0), time.Date(2026, 11, 21, 1, 2, 3, 4000, zone), time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC)} {
		got, err := cursor.ParseTime(cursor.FormatTime(at))
		require.NoError(t, err)
		require.Equal(t, at.UTC(), got)
	}
	for _, s := range []string{"", "x", "9223372036854775807", "-9223372036854775808", "253402300800000000"} {
		_, err := cursor.ParseTime(s)
		require.ErrorIs(t, err, errs.Invalid, "%q", s)
	}
}

func TestAdv_84_SealedTokensOpenForTheirListOnly(t *testing.T) {
	key := cursor.NewKey([]byte("a secret of sixteen bytes or more"))
	position := cursor.Encode("2026", "id7")
	token := key.Seal("cases|account-1", position)

	got, err := key.Open("cases|account-1", token)
	require.NoError(t, err)
	require.Equal(t, position, got)

	again := cursor.NewKey([]byte("a secret of sixteen bytes or more"))
	got, err = again.Open("cases|account-1", token)
	require.NoError(t, err, "another instance with the same secret")
	require.Equal(t, position, got)

	refused := map[string]func() (string, error){
		"another list":      func() (string, error) { return key.Open("cases|account-2", token) },
		"another key":       func() (string, error) { return cursor.NewKey(nil).Open("cases|account-1", token) },
		"the zero key":      func() (string, error) { return cursor.Key{}.Open("cases|account-1", token) },
		"the bare position": func() (string, error) { return key.Open("cases|account-1", position) },
		"cut short":         func() (string, error) { return key.Open("cases|account-1", token[:len(token)-2]) },
		"only a tag":        func() (string, error) { return key.Open("", base64.RawURLEncoding.EncodeToString(make([]byte, 16))) },
		"a moved boundary":  func() (string, error) { return key.Open("cases|account-1"+position[:1], token) },
		"far too long":      func() (string, error) { return key.Open("cases|account-1", strings.Repeat("A", 1<<20)) },
	}
	for name, open := range refused {
		_, err := open()
		require.ErrorIs(t, err, errs.Invalid, name)
	}
}

func TestTheBoundaryOfTheScopeIsAuthenticated(t *testing.T) {
	key := cursor.NewKey(nil)
	raw, err := base64.RawURLEncoding.DecodeString(key.Seal("ab", "c"))
	require.NoError(t, err)
	moved := base64.RawURLEncoding.EncodeToString(append(raw[:16:16], "bc"...))
	_, err = key.Open("a", moved)
	require.ErrorIs(t, err, errs.Invalid)
}

func TestEveryChangedByteIsNoticed(t *testing.T) {
	key := cursor.NewKey(nil)
	for _, position := range []string{cursor.Encode("a", "b"), cursor.Encode("ab"), cursor.Encode("abcd"), "p", "pq", "pqr"} {
		token := key.Seal("list", position)
		for i := range token {
			for _, c := range "ABCZaz09-_" { // the last character has bits to spare, which count too
				forged := []byte(token)
				forged[i] = byte(c)
				if string(forged) == token {
					continue
				}
				_, err := key.Open("list", string(forged))
				require.ErrorIs(t, err, errs.Invalid, "byte %d of %s", i, token)
			}
		}
	}
}

func TestTheFirstPageHasNoToken(t *testing.T) {
	key := cursor.NewKey(nil)
	require.Empty(t, key.Seal("list", ""))
	got, err := key.Open("list", "")
	require.NoError(t, err)
	require.Empty(t, got)
}

func TestWeakSecretsRefuseToStart(t *testing.T) {
	require.Panics(t, func() { cursor.NewKey([]byte("short")) })
	require.Panics(t, func() { cursor.Key{}.Seal("list", "position") })
	require.NotEqual(t, cursor.NewKey(nil).Seal("l", "p"), cursor.NewKey([]byte{}).Seal("l", "p"), "an empty secret is a random one")
}

// A position that a token was never made for, found by any means, is refused;
// what is accepted is spelled the one way that Encode spells it.
func FuzzDecode(f *testing.F) {
	for _, token := range []string{"", cursor.Encode("a"), cursor.Encode("a", "b"), "AWE", "gQBh", "____________"} {
		f.Add(token, 1)
		f.Add(token, 2)
	}
	f.Fuzz(func(t *testing.T, token string, n int) {
		n = n & 7
		parts, err := cursor.Decode(token, n)
		if err != nil {
			require.ErrorIs(t, err, errs.Invalid)
			return
		}
		require.Len(t, parts, n)
		require.Equal(t, token, cursor.Encode(parts...))
	})
}

func FuzzRoundTrip(f *testing.F) {
	f.Add("a", "b", int64(1))
	f.Add("", "\x00|~", int64(-1))
	key := cursor.NewKey([]byte("0123456789abcdef"))
	f.Fuzz(func(t *testing.T, a, b string, n int64) {
		position := cursor.Encode(a, b, cursor.FormatInt(n))
		token := key.Seal(b, position)
		got, err := key.Open(b, token)
		if len(token) > cursor.MaxLength {
			require.ErrorIs(t, err, errs.Invalid)
			return
		}
		require.NoError(t, err)
		parts, err := cursor.Decode(got, 3)
		require.NoError(t, err)
		require.Equal(t, []string{a, b, cursor.FormatInt(n)}, parts)
	})
}

func FuzzForgedTokens(f *testing.F) {
	key := cursor.NewKey([]byte("0123456789abcdef"))
	sealed := key.Seal("list", cursor.Encode("a", "b"))
	f.Add("list", sealed)
	f.Add("list2", sealed)
	f.Add("", "AAAA")
	f.Fuzz(func(t *testing.T, scope, token string) {
		position, err := key.Open(scope, token)
		if err != nil {
			require.ErrorIs(t, err, errs.Invalid)
			return
		}
		require.Equal(t, token, key.Seal(scope, position), "only a token that Seal makes is opened")
	})
}
