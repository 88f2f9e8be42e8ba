package site

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/clamdtest"
	"github.com/stoa-go/stoa/internal/s3test"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/audit"
)

// TestMediaElsewhere: files are looked at by ClamAV and kept in a bucket.
func TestMediaElsewhere(t *testing.T) {
	bucket := s3test.Start(t)
	address := strings.Replace(bucket.URL, "http://", "s3+plain://"+s3test.Key+"@", 1) + "/portal"
	s := open(t, func(c *Config) {
		c.Files = Files{Bucket: address, Region: s3test.Region, Secret: s3test.Secret}
		c.Clamd = clamdtest.Start(t, clamdtest.FaultNone)
	})
	const page = "/en/desk/media"
	ines := serve(t, s)("ines")

	require.Equal(t, 303, ines.sendMedium(page, "clean.pdf", pdf).Status)
	got := ines.get("/media/clean.pdf", "Range", "bytes=0-3")
	require.Equal(t, 206, got.Status)
	require.Equal(t, "%PDF", got.Body)

	bucket.Requests()
	got = ines.sendMedium(page, "bad.pdf", pdf+clamdtest.Signature, "about", "The guide")
	require.Equal(t, 422, got.Status)
	require.Contains(t, got.Body, clamdtest.Finding)
	require.Contains(t, got.Body, `value="The guide"`)
	require.Empty(t, bucket.Requests(), "nothing of it is kept")
	deeds, _, err := s.audit.Entries(t.Context(), system, audit.Query{Action: "media"})
	require.NoError(t, err)
	require.Len(t, deeds, 1)
	require.Equal(t, profile.OutcomeRefused, deeds[0].Outcome)
	require.Equal(t, "media/bad.pdf", deeds[0].Subject)
}

// TestUnscanned: while ClamAV cannot look, what was typed is kept and the file
// is not.
func TestUnscanned(t *testing.T) {
	s := open(t, func(c *Config) { c.Clamd = clamdtest.Start(t, clamdtest.FaultEnd) })
	ines := serve(t, s)("ines")
	got := ines.sendMedium("/en/desk/media", "clean.pdf", pdf, "about", "The guide")
	require.Equal(t, 503, got.Status)
	require.Contains(t, got.Body, "could not be checked")
	require.Equal(t, 404, ines.get("/en/desk/media/clean.pdf").Status)
}
