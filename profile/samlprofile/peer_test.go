package samlprofile_test

import (
	"encoding/xml"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	peer "github.com/crewjam/saml"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile/samlprofile"
)

// A provider that somebody else wrote reads the portal's metadata and requests,
// and the portal its.
type peerSession struct{ portal *peer.EntityDescriptor }

func (s peerSession) GetServiceProvider(_ *http.Request, id string) (*peer.EntityDescriptor, error) {
	if id != s.portal.EntityID {
		return nil, os.ErrNotExist
	}
	return s.portal, nil
}

func (s peerSession) GetSession(http.ResponseWriter, *http.Request, *peer.IdpAuthnRequest) *peer.Session {
	return &peer.Session{
		ID: "x", Index: "s-7", CreateTime: time.Now(), ExpireTime: time.Now().Add(time.Hour), NameID: "n-ann", NameIDFormat: samlprofile.NameIDPersistent,
		UserCommonName: "Ann Ash", UserEmail: "ann@acme.example", Groups: []string{"a"},
	}
}

func TestWithAProviderOfOthers(t *testing.T) {
	for name, encrypted := range map[string]bool{"signed": false, "encrypted": true} {
		t.Run(name, func(t *testing.T) {
			theirs := newPair(2048, time.Now().Add(-time.Hour), time.Now().Add(90*24*time.Hour))
			at := func(path string) url.URL { return url.URL{Scheme: "https", Host: "id.example", Path: path} }
			idp := &peer.IdentityProvider{
				Key: theirs.key, Certificate: theirs.cert, MetadataURL: at("/metadata"), SSOURL: at("/sso"), SignatureMethod: dsig.RSASHA256SignatureMethod,
			}
			metadata, err := xml.Marshal(idp.Metadata())
			require.NoError(t, err)
			w := newWorld(t, func(w *world) {
				w.Pass(time.Since(w.Now()))
				w.config.Metadata = metadata
				if !encrypted {
					w.config.Keys = nil
				}
			})
			b := w.browser()
			var session peerSession
			require.NoError(t, xml.Unmarshal([]byte(b.Open("/saml/metadata").Body), &session.portal))
			idp.ServiceProviderProvider, idp.SessionProvider = session, session

			there := httptest.NewRequest(http.MethodGet, b.Open("/saml/login?return=/after").Location, nil)
			page := httptest.NewRecorder()
			idp.ServeSSO(page, there)
			require.Equal(t, http.StatusOK, page.Code, page.Body)
			_, rest, _ := strings.Cut(page.Body.String(), `name="SAMLResponse" value="`)
			value, _, ok := strings.Cut(rest, `"`)
			require.True(t, ok, page.Body)
			got := b.deliver(url.Values{"SAMLResponse": {html.UnescapeString(value)}})
			require.Equal(t, "/after", got.Location, w.Logs.String())
			require.Equal(t, "ann 2", b.Who())
			require.Equal(t, "s-7", w.AllSessions()[0].Ticket)
		})
	}
}
