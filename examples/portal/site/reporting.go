package site

import (
	"context"

	"github.com/stoa-go/stoa/analytics/sqlanalytics"
	"github.com/stoa-go/stoa/search/report"
	"github.com/stoa-go/stoa/search/report/sqlreport"
)

// openReports opens what says how searches do.
func (s *Site) openReports(context.Context) error {
	events := sqlanalytics.New(s.db.write).WithReader(s.db.read)
	s.reporter = report.New(sqlreport.NewWithReader(s.db.write, s.db.read), events, report.Options{
		Policy: s.policy, Logger: s.cfg.Log, Now: s.cfg.Now, Asks: asksPeople,
	})
	s.people.Register(s.reporter.Keeper())
	return nil
}

// brandHere returns the brand that a request came to, for events.
func brandHere(ctx context.Context) string {
	if v := visitOf(ctx); v != nil {
		return v.Brand.ID
	}
	return ""
}
