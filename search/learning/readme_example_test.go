package learning_test

import (
	"context"
	"fmt"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/analytics/memanalytics"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/learning"
	"github.com/stoa-go/stoa/search/memsearch"
)

func Example_readme() {
	ctx, events := context.Background(), memanalytics.New()
	model := learning.NewModel(nil)   // in memory, learned anew from the ledger by each instance
	solved := learning.NewSolved(nil) // questions that were solved vote for what solved them; Options.Sources tell more, such as cases
	solved.Add(learning.Solution{ID: "case/17", Text: "the lamp is red", Locale: "en", Group: "article/reset", Voter: "ann", At: time.Now()})
	engine := search.NewEngine(memsearch.New(), &search.Options{Events: analytics.NewLedger(events, nil), Signals: learning.Together(model.Signals, solved.Signals)})
	defer fmt.Println(engine.Status(ctx).Documents, "documents")
	teacher := learning.NewFollower(model, events, nil) // go teacher.Run(ctx)
	fmt.Println(teacher.Catch(ctx), model.Signals("reset the hub", "en"))

	outcomes := learning.Outcomes(events.Scan(ctx, analytics.Range{}))
	scores, err := learning.Replay(outcomes, learning.AsShown, model.Ranking) // which of them puts higher what people found?
	fmt.Println(len(scores), err)
	// Output:
	// <nil> []
	// 2 <nil>
	// 0 documents
}
