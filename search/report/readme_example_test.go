package report_test

import (
	"context"
	"fmt"

	"github.com/stoa-go/stoa/analytics/memanalytics"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search/report"
	"github.com/stoa-go/stoa/search/report/memreport"
)

func Example_readme() {
	ctx, events := context.Background(), memanalytics.New() // what a ledger writes
	reporter := report.New(&memreport.Store{}, events, report.Options{})
	fmt.Println(reporter.DoDue(ctx)) // a server calls Run, which does so each minute
	ruth := profile.Actor{ID: "ruth", Roles: []profile.Role{profile.RoleAdmin}}
	asked, err := reporter.Questions(ctx, ruth, report.Filter{Days: 7}, report.MeasureEmpty, 20)
	fmt.Println(len(asked), err)
	work, err := reporter.Worklist(ctx, ruth, report.WorkQuery{Reason: report.ReasonCase}) // what would help most people first
	fmt.Println(len(work), err)
	// Output:
	// <nil>
	// 0 <nil>
	// 0 <nil>
}
