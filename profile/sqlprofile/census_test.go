package sqlprofile_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/profiletest"
	"github.com/stoa-go/stoa/profile/sqlprofile"
)

// canary stands in everything that is kept of a person.
const canary = "zqcanaryzq"

var system = profile.Actor{ID: "system", Roles: []profile.Role{profile.RoleAdmin}}

// plant has the stores keep of a person whatever they can, each with the canary
// in every text. Consents are in words of the portal: with words they have the
// canary in these too.
func plant(t *testing.T, s *sqlprofile.Store, person, word, consentWord string) {
	t.Helper()
	ctx, at := t.Context(), time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)
	require.NoError(t, s.SavePerson(ctx, profile.Person{
		ID: person, Name: word, Email: word + "@x.example", Account: word, Roles: []profile.Role{profile.Role(word)}, Locale: word, Zone: word,
		Attributes: map[string][]string{word: {word}}, CreatedAt: at, UpdatedAt: at, Version: 1, Origin: word,
	}))
	require.NoError(t, s.StartSession(ctx, profile.Session{
		ID: word + "-s", Person: person, Via: word, Subject: word, Ticket: word, Agent: word, StartedAt: at, SeenAt: at, ExpiresAt: at, Secret: word + "-s",
	}))
	require.NoError(t, s.Link(ctx, profile.Identity{Via: word, Subject: word, Person: person, LinkedAt: at}))
	require.NoError(t, s.SavePreferences(ctx, person, profile.Preferences{
		Theme: profile.Theme(word), Contrast: profile.Contrast(word), Motion: profile.Motion(word), Clock: profile.Clock(word),
		Notices: map[string][]string{word: {word}}, Digests: map[string]profile.Digest{word: profile.Digest(word)},
		Quiet: profile.Quiet{From: word, To: word}, Version: 1, SavedAt: at,
	}))
	require.NoError(t, s.AddConsent(ctx, profile.Consent{ID: consentWord + "-c", Person: person, Purpose: consentWord, Wording: consentWord, Via: consentWord, Given: true, At: at}))
	require.NoError(t, s.PutItem(ctx, profile.ShelfItem{
		Person: person, List: word, Ref: word, Title: word, Level: word, Data: map[string]string{word: word}, At: at,
	}, 10, false))
	require.NoError(t, s.AddNotices(ctx, []profile.NoticePost{{
		Notice:  profile.Notice{ID: word + "-n", Person: person, Kind: word, Subject: word, Data: map[string]string{word: word}, Inbox: true, At: at},
		Digests: []profile.NoticeDigest{{Person: person, Channel: word, Key: word, Until: at}},
	}}))
	plantTasks(t, s, person)
	require.NoError(t, s.SaveEndpoint(ctx, profile.Endpoint{
		ID: word + "-e", Person: person, Channel: profile.ChannelMail, Address: word, Data: map[string]string{word: word}, Agent: word, CreatedAt: at,
	}))
	require.NoError(t, s.StartSession(ctx, profile.Session{
		ID: "staff-" + hex.EncodeToString([]byte(person)), Person: "staff", Viewing: person, StartedAt: at, SeenAt: at, ExpiresAt: at, Secret: "staff-" + hex.EncodeToString([]byte(person)),
	}))
	require.NoError(t, s.SaveSegment(ctx, profile.Segment{
		Name: "of-" + hex.EncodeToString([]byte(person)), Title: "Chosen", CreatedAt: at, UpdatedAt: at, Version: 1,
		Rule: profile.Rule{All: []profile.Rule{{Fact: profile.FactID, Op: profile.OpIn, Values: []string{person, "others"}}}},
	}))
	require.NoError(t, s.MakeConnection(ctx, profile.Connection{
		ID: hex.EncodeToString([]byte(person)), Kind: profile.ConnectionDirectory, Name: "The company's", Account: "acme", MadeBy: person, MadeAt: at, Secret: hex.EncodeToString([]byte(person)),
	}))
	require.NoError(t, s.SaveSuppression(ctx, profile.Suppression{
		Address: word + "@x.example", Kind: profile.Bounce(word), Status: word, Keys: []string{word}, At: at, Version: 1,
	}))
	for i, l := range []profile.Link{{MadeBy: person}, {Address: word + "@x.example"}, {Subject: "person/" + person}} {
		l.ID, l.Purpose, l.Data, l.Claim, l.Secret = word+string(rune('a'+i)), word, map[string]string{word: word}, word, word+string(rune('a'+i))
		l.Uses, l.MadeAt, l.ExpiresAt = 1, at, at
		require.NoError(t, s.MakeLink(ctx, l))
	}
}

// plantTasks has tasks that tell of what concerns a person: done, given up with
// an error that names them, of a page of followers that ends with them, and one
// that waits.
func plantTasks(t *testing.T, s *sqlprofile.Store, person string) {
	t.Helper()
	task := func(name, payload string) profile.NoticeTask {
		return profile.NoticeTask{Lane: "notice/tell/" + hex.EncodeToString([]byte(person+name)), Key: "0/", Payload: json.RawMessage(payload)}
	}
	quoted := strconv.Quote(person)
	require.NoError(t, s.QueueNotices(t.Context(),
		task("done", `{"tell":{"to":[`+quoted+`,"others"],"by":`+quoted+`}}`), task("dead", `{"tell":{"to":[`+quoted+`]}}`),
		task("page", `{"tell":{"to":["others"]},"after":"`+cursor.Encode(person)+`"}`), task("erred", `{"tell":{"to":["others"]}}`)))
	_, err := s.DrainNotices(t.Context(), func(_ context.Context, given profile.NoticeTask) error {
		switch given.Lane {
		case task("dead", "").Lane, task("erred", "").Lane:
			return profile.Permanent(errors.New("tell " + quoted + " of it"))
		}
		return nil
	})
	require.NoError(t, err)
	require.NoError(t, s.QueueNotices(t.Context(), task("waits", `{"tell":{"to":["others",`+quoted+`]}}`)))
}

// planted are the tables that have the canary; a table of this package that is
// not here is about nobody.
var planted = []string{
	"stoa_connection", "stoa_consent", "stoa_endpoint", "stoa_identity", "stoa_link", "stoa_notice", "stoa_notice_digest", "stoa_outbox", "stoa_outbox_attempt", "stoa_person", "stoa_preference", "stoa_segment", "stoa_session", "stoa_shelf", "stoa_suppression",
}

func tablesOf(found []string) (tables []string) {
	for _, place := range found {
		table, _, _ := strings.Cut(place, ".")
		if len(tables) == 0 || tables[len(tables)-1] != table {
			tables = append(tables, table)
		}
	}
	return tables
}

// TestNothingIsLeft erases somebody whose every field has a canary, and counts
// canaries in all tables.
func TestNothingIsLeft(t *testing.T) {
	for mode, consentWord := range map[profile.EraseMode]string{profile.EraseModeDelete: canary, profile.EraseModePseudonym: "newsletter"} {
		t.Run(string(mode), func(t *testing.T) {
			testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
				require.NoError(t, sqlprofile.Migrate(t.Context(), db.DB))
				s := sqlprofile.New(db)
				d := profile.NewDirectory(s, &profile.Options{Secret: []byte("sixteen bytes at least")})
				plant(t, s, canary, canary, consentWord)
				plant(t, s, "bob", "bobsword", "bobsword")
				before := profiletest.Census(t, db.DB, canary)
				require.Equal(t, planted, tablesOf(before))
				bobs := profiletest.Census(t, db.DB, "bobsword")

				var b bytes.Buffer
				require.NoError(t, d.Export(t.Context(), profile.Actor{ID: canary}, canary, &b))
				for _, keeper := range []string{"person", "sessions", "identities", "preferences", "consents", "shelf", "notices", "endpoints", "links", "connections", "segments", "suppressions"} {
					require.Regexp(t, `"`+keeper+`":\[\n`, b.String())
				}
				require.NotContains(t, b.String(), "bobsword")

				report, err := d.EraseEverything(t.Context(), system, canary, mode)
				require.NoError(t, err)
				for _, r := range report {
					require.Positive(t, r.Removed+r.Renamed, r.Keeper)
				}
				require.Empty(t, profiletest.Census(t, db.DB, canary))
				require.Empty(t, profiletest.Census(t, db.DB, cursor.Encode(canary)))
				require.Equal(t, bobs, profiletest.Census(t, db.DB, "bobsword"), "others lose nothing")
				stays := tablesOf(profiletest.Census(t, db.DB, "gone-"))
				if mode == profile.EraseModePseudonym {
					require.Equal(t, []string{"stoa_consent", "stoa_segment"}, stays)
				} else {
					require.Empty(t, stays)
				}
				t.Logf("%d columns had the canary before, none has it now", len(before))
			})
		})
	}
}

// TestNothingIsLeftInTheFile reads the bytes of a SQLite database. Rows that are
// gone are written over, and stay in the log until that is emptied.
func TestNothingIsLeftInTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	writer, reader, err := sqldb.OpenSQLite("sqlite", path)
	require.NoError(t, err)
	defer reader.Close()
	defer writer.Close()
	require.NoError(t, sqlprofile.Migrate(t.Context(), writer.DB))
	s := sqlprofile.New(writer).WithReader(reader)
	plant(t, s, canary, canary, canary)
	count := func() (n int) {
		for _, suffix := range []string{"", "-wal"} {
			content, err := os.ReadFile(path + suffix)
			if !os.IsNotExist(err) {
				require.NoError(t, err)
			}
			n += bytes.Count(content, []byte(canary))
		}
		return n
	}
	_, err = writer.ExecContext(t.Context(), "pragma wal_checkpoint(truncate)")
	require.NoError(t, err)
	require.Positive(t, count())
	_, err = profile.NewDirectory(s, nil).EraseEverything(t.Context(), system, canary, profile.EraseModeDelete)
	require.NoError(t, err)
	_, err = writer.ExecContext(t.Context(), "pragma wal_checkpoint(truncate)")
	require.NoError(t, err)
	require.Zero(t, count())
}

// Every Keeper of the Directory's own keeps the contract of Keepers, on a
// database.
func TestKeepers(t *testing.T) {
	type opened struct {
		keeper   profile.Keeper
		canaries []string
	}
	open := func(t *testing.T, name string) opened {
		s := onSQLite(t)
		plant(t, s, "zqann", canary, canary)
		plant(t, s, "zqann2", "other", "other")
		return map[string]opened{
			"sessions":   {profile.SessionKeeper(s), []string{canary}},
			"identities": {profile.IdentityKeeper(s), []string{canary}},
			"notices":    {profile.NoticeKeeper(s), []string{canary}},
			"endpoints":  {profile.EndpointKeeper(s, profile.ChannelMail), []string{canary}},
			"links":      {profile.LinkKeeper(s, s), []string{canary}},

			"suppressions": {profile.SuppressionKeeper(s, s), []string{canary}},
		}[name]
	}
	for _, name := range []string{"sessions", "identities", "notices", "endpoints", "links", "suppressions"} {
		t.Run(name, func(t *testing.T) {
			profiletest.TestKeeper(t, func(t *testing.T) (profile.Keeper, []string) {
				o := open(t, name)
				return o.keeper, o.canaries
			})
		})
	}
}
