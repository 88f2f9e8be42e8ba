package samlprofile_test

import (
	"crypto/tls"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
	"github.com/stoa-go/stoa/profile/samlprofile"
)

// FuzzAnswer cuts pieces out of answers and puts others in, and looks for one
// that is believed and not about ann: all that the provider ever signed here is
// about her.
func FuzzAnswer(f *testing.F) {
	t := &testing.T{}
	seeds := []func(*fake){
		func(*fake) {}, func(f *fake) { f.signResponse = true }, func(f *fake) { f.signResponse, f.plainAssertion = true, true },
		func(f *fake) { f.encrypt = "gcm" }, func(f *fake) { f.encrypt, f.signResponse = "cbc", true },
	}
	for _, m := range wrappings() {
		seeds = append(seeds, m.fake)
	}
	var docs []string
	for i, change := range seeds {
		one := newFake(t, func() time.Time { return day })
		change(one)
		data, err := base64.StdEncoding.DecodeString(one.answer("_asked", "http://127.0.0.1/saml/acs", "http://127.0.0.1/saml/metadata").Get("SAMLResponse"))
		require.NoError(f, err)
		docs = append(docs, string(data))
		f.Add(uint8(i), uint16(strings.Index(string(data), "n-ann")), uint8(5), "n-bob")
	}
	f.Add(uint8(0), uint16(0), uint8(0), "<!DOCTYPE x>")
	f.Add(uint8(0), uint16(strings.Index(docs[0], "n-ann")+1), uint8(0), "<!-- -->")
	f.Add(uint8(0), uint16(0), uint8(0), "")
	p := fuzzed(f, newFake(t, func() time.Time { return day }))
	f.Fuzz(func(t *testing.T, which uint8, at uint16, cut uint8, put string) {
		doc := docs[int(which)%len(docs)]
		from := int(at) % (len(doc) + 1)
		doc = doc[:from] + put + doc[min(from+int(cut), len(doc)):]
		subject, err := p.Read(t.Context(), base64.StdEncoding.EncodeToString([]byte(doc)))
		if err == nil && subject != "n-ann" {
			t.Fatalf("%q was believed", subject)
		}
	})
}

func fuzzed(f *testing.F, about *fake) *samlprofile.Provider {
	f.Helper()
	store := memprofile.New()
	directory := profile.NewDirectory(store, nil)
	sessions := profile.NewSessions(store, directory, nil)
	p, err := samlprofile.New(profile.NewIdentities(store, directory, sessions), sessions, samlprofile.Config{
		Address: "http://127.0.0.1/saml", Metadata: []byte(about.describe()), Keys: []tls.Certificate{ours().tls()},
	}, &samlprofile.Options{Now: about.now})
	require.NoError(f, err)
	return p
}
