package analytics_test

import (
	"context"
	"fmt"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/analytics/memanalytics"
)

func Example_readme() {
	ctx := context.Background()
	ledger := analytics.NewLedger(memanalytics.New(), nil) // or sqlanalytics.New(db)
	// Hand it to every front type as Options.Events; it never blocks and never fails.
	ledger.Record(ctx, analytics.Event{Name: "article.viewed", Subject: "article/slow-printer", User: "ann"})
	ledger.Flush(ctx) // a server calls Run, which writes in batches
	top, err := ledger.Top(ctx, analytics.TopQuery{Name: "article.viewed", Kind: "article"})
	fmt.Println(top, err)
	// Output: [{article/slow-printer 1}] <nil>
}
