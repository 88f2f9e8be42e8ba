package audit

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

// MaxExport is how many entries one export has at most.
const MaxExport = 100_000

// columns are the names of an export's columns.
var columns = []string{
	"seq", "at", "action", "outcome", "actor", "as", "behalf", "person", "subject", "account", "session", "network", "changes", "why", "of", "hash",
}

// WriteCSV writes the entries that q selects as CSV, the newest first, at most
// [MaxExport]. Spreadsheets take no cell for a formula. It takes
// [profile.PermissionAuditRead], and is written down itself. Nothing is written
// to those who may not.
func (l *Log) WriteCSV(ctx context.Context, by profile.Actor, q Query, w io.Writer) error {
	out := csv.NewWriter(w)
	return l.export(ctx, by, q, "csv", func() error { return out.Write(columns) }, func(e Entry) error {
		changes, err := changesText(e.Changes)
		if err != nil {
			return err
		}
		row := []string{
			strconv.FormatInt(e.Seq, 10), e.At.Format(time.RFC3339Nano), e.Action, string(e.Outcome), e.Actor, string(e.As), e.Behalf, e.Person,
			e.Subject, e.Account, e.Session, e.Network, changes, e.Why, number(e.Of), e.Hash,
		}
		for i := range row {
			row[i] = web.Cell(row[i])
		}
		return out.Write(row)
	}, func() error {
		out.Flush()
		return out.Error()
	})
}

// A wireEntry is an entry in an export.
type wireEntry struct {
	Seq     int64            `json:"seq"`
	At      time.Time        `json:"at"`
	Action  string           `json:"action"`
	Outcome profile.Outcome  `json:"outcome,omitempty"`
	Actor   string           `json:"actor,omitempty"`
	As      Kind             `json:"as,omitempty"`
	Behalf  string           `json:"behalf,omitempty"`
	Person  string           `json:"person,omitempty"`
	Subject string           `json:"subject,omitempty"`
	Account string           `json:"account,omitempty"`
	Session string           `json:"session,omitempty"`
	Network string           `json:"network,omitempty"`
	Changes []profile.Change `json:"changes,omitempty"`
	Why     string           `json:"why,omitempty"`
	Of      int64            `json:"of,omitempty"`
	Hash    string           `json:"hash,omitempty"`
}

func (e Entry) wire() wireEntry {
	return wireEntry(e)
}

// WriteJSON writes the entries that q selects as one JSON object a line. It is
// otherwise like WriteCSV.
func (l *Log) WriteJSON(ctx context.Context, by profile.Actor, q Query, w io.Writer) error {
	out := json.NewEncoder(w)
	nothing := func() error { return nil }
	return l.export(ctx, by, q, "json", nothing, func(e Entry) error { return out.Encode(e.wire()) }, nothing)
}

func (l *Log) export(ctx context.Context, by profile.Actor, q Query, format string, begin func() error, row func(Entry) error, end func() error) error {
	deed := profile.Deed{Action: "audit.exported", Changes: []profile.Change{{Field: "format", To: format}}}
	if !l.opts.Policy.May(by, profile.PermissionAuditRead) {
		deed.Outcome = profile.OutcomeRefused
		_, err := l.Audit(ctx, by, deed)
		return fmt.Errorf("export audit: %w%s", profile.ErrForbidden, unsaid(err))
	}
	if _, err := l.Audit(ctx, by, deed); err != nil {
		return fmt.Errorf("export audit: %w", err)
	}
	if err := begin(); err != nil {
		return fmt.Errorf("export audit: %w", err)
	}
	q.Limit = maxLimit
	n := 0
	for e, err := range l.All(ctx, by, q) {
		if err == nil {
			err = row(e)
		}
		if err != nil {
			return fmt.Errorf("export audit: %w", err)
		}
		if n++; n == MaxExport {
			break
		}
	}
	if err := end(); err != nil {
		return fmt.Errorf("export audit: %w", err)
	}
	return nil
}

// unsaid adds what went wrong besides, without its class.
func unsaid(err error) string {
	if err == nil {
		return ""
	}
	return " (" + err.Error() + ")"
}

func changesText(changes []profile.Change) (string, error) {
	if len(changes) == 0 {
		return "", nil
	}
	text, err := json.Marshal(changes)
	return string(text), err
}

func number(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}
