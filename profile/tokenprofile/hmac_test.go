package tokenprofile_test

import (
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/tokenprofile"
)

func hashed(t testing.TB, change ...func(*tokenprofile.HMACOptions)) *tokenprofile.HMAC {
	t.Helper()
	o := tokenprofile.HMACOptions{Secrets: [][]byte{secret}, Now: func() time.Time { return now }}
	for _, f := range change {
		f(&o)
	}
	h, err := tokenprofile.NewHMAC(directory(t), o)
	require.NoError(t, err)
	return h
}

func user(id string, expires time.Time, hash string) string {
	return fmt.Sprintf("user_id=%s&expires=%d&user_hash=%s", url.QueryEscape(id), expires.Unix(), hash)
}

func askHMAC(h *tokenprofile.HMAC, values ...string) (profile.Actor, error) {
	r := httptest.NewRequest("GET", "/", nil)
	for _, v := range values {
		r.Header.Add(tokenprofile.HMACHeader, v)
	}
	return h.Authenticate(r)
}

func TestUserHash(t *testing.T) {
	h := hashed(t)
	until := now.Add(10 * time.Minute)
	good := tokenprofile.UserHash(secret, "ann", until)
	require.Equal(t, "a6818a1bfb8f3ed2d5495f396bf4ef15594324ad9dfdedbb19cc83c766f9001d", good, "what openssl dgst -hmac says")
	actor, err := askHMAC(h, user("ann", until, good))
	require.NoError(t, err)
	require.Equal(t, "ann", actor.ID)
	actor, err = askHMAC(h)
	require.NoError(t, err)
	require.Zero(t, actor)

	plain := fmt.Sprintf("user_id=ann&expires=%d", until.Unix())
	far, past := now.Add(2*time.Hour), now.Add(-30*time.Second)
	for name, values := range map[string][]string{
		"another id":        {user("bob", until, good)},
		"another time":      {user("ann", until.Add(time.Second), good)},
		"another secret":    {user("ann", until, tokenprofile.UserHash([]byte(strings.Repeat("x", 32)), "ann", until))},
		"empty secret":      {user("ann", until, tokenprofile.UserHash(nil, "ann", until))},
		"no hash":           {plain},
		"empty hash":        {plain + "&user_hash="},
		"half a hash":       {user("ann", until, good[:32])},
		"no hexadecimal":    {user("ann", until, "x"+good[1:])},
		"hash twice":        {user("ann", until, good) + "&user_hash=" + good},
		"id twice":          {user("ann", until, good) + "&user_id=bob"},
		"something else":    {user("ann", until, good) + "&role=admin"},
		"header twice":      {user("ann", until, good), user("ann", until, good)},
		"empty":             {""},
		"no form":           {"%zz"},
		"huge":              {strings.Repeat("a", 10_000)},
		"no id":             {user("", until, tokenprofile.UserHash(secret, "", until))},
		"id with the bar":   {user("ann|1", until, tokenprofile.UserHash(secret, "ann|1", until))},
		"id with a NUL":     {user("ann\x00", until, tokenprofile.UserHash(secret, "ann\x00", until))},
		"nobody":            {user("carl", until, tokenprofile.UserHash(secret, "carl", until))},
		"expired":           {user("ann", past, tokenprofile.UserHash(secret, "ann", past))},
		"good for too long": {user("ann", far, tokenprofile.UserHash(secret, "ann", far))},
		"time in hex":       {strings.Replace(user("ann", until, good), "expires=", "expires=0x", 1)},
		"time with a zero":  {strings.Replace(user("ann", until, good), "expires=", "expires=0", 1)},
		"time with a plus":  {strings.Replace(user("ann", until, good), "expires=", "expires=%2B", 1)},
		"no time":           {"user_id=ann&user_hash=" + good},
		"negative time":     {user("ann", time.Unix(-1, 0), tokenprofile.UserHash(secret, "ann", time.Unix(-1, 0)))},
	} {
		actor, err := askHMAC(h, values...)
		require.ErrorIs(t, err, profile.ErrForbidden, name)
		require.Zero(t, actor, name)
		require.NotContains(t, err.Error(), good[:16], name)
	}
}

func TestHMACSecretsAreReplaced(t *testing.T) {
	next := []byte("another secret of 32 bytes or more")
	until := now.Add(time.Minute)
	h := hashed(t, func(o *tokenprofile.HMACOptions) { o.Secrets = append(o.Secrets, next) })
	for _, s := range [][]byte{secret, next} {
		_, err := askHMAC(h, user("ann", until, tokenprofile.UserHash(s, "ann", until)))
		require.NoError(t, err)
	}
}

func TestHMACRefusesToStart(t *testing.T) {
	for name, o := range map[string]tokenprofile.HMACOptions{
		"no secret":     {},
		"empty secret":  {Secrets: [][]byte{secret, {}}},
		"nil secret":    {Secrets: [][]byte{nil}},
		"short secret":  {Secrets: [][]byte{secret[:31]}},
		"spaces":        {Secrets: [][]byte{[]byte(strings.Repeat(" ", 40))}},
		"long life":     {Secrets: [][]byte{secret}, Life: 2 * time.Hour},
		"negative skew": {Secrets: [][]byte{secret}, Skew: -1},
	} {
		_, err := tokenprofile.NewHMAC(directory(t), o)
		require.Error(t, err, name)
	}
	_, err := tokenprofile.NewHMAC(nil, tokenprofile.HMACOptions{Secrets: [][]byte{secret}})
	require.Error(t, err)
}
