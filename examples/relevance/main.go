// Command relevance measures how well searches find what people judged to be
// right, with the configuration that a portal has:
//
//	go run ./examples/relevance -docs docs.jsonl -queries queries.jsonl -qrels qrels.tsv -floor 0.63
//
// Documents are lines of {"id": ..., "title": ..., "text": ...}, of which
// "keywords" (a list) and "locale" may also be given; queries are lines of
// {"id": ..., "text": ...}; judgements are lines of a query, a document and a
// grade, separated by tabs. Grade 0 is as good as none.
//
// Several collections are given by repeating the three flags, or as folders
// that hold docs.jsonl, queries.jsonl and qrels.tsv. With -floor, which is one
// number for all or one for each, the command fails if a collection's nDCG@10
// is lower, so that a build can call it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run does the work of main and returns the exit status: 1 if a floor is
// missed, 2 if something cannot be read.
func run(ctx context.Context, args []string, out, errs io.Writer) int {
	o, err := parseOptions(args, errs)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err == nil {
		err = o.measure(ctx, out)
	}
	switch {
	case errors.Is(err, errLow):
		fmt.Fprintln(errs, "relevance:", err)
		return 1
	case err != nil:
		fmt.Fprintln(errs, "relevance:", err)
		return 2
	}
	return 0
}

// options is what the command line says.
type options struct {
	collections []collection
	locale      string
	worst       int
	floors      []float64
}

// A list is a flag that may be given several times.
type list []string

func (l *list) String() string     { return strings.Join(*l, ",") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

func parseOptions(args []string, errs io.Writer) (*options, error) {
	var docs, queries, qrels list
	var floor string
	o := &options{}
	f := flag.NewFlagSet("relevance", flag.ContinueOnError)
	f.SetOutput(errs)
	f.Usage = func() {
		fmt.Fprintln(errs, "usage: relevance [flags] [folder ...]")
		f.PrintDefaults()
	}
	f.Var(&docs, "docs", "`file` of documents, one JSON object to a line")
	f.Var(&queries, "queries", "`file` of queries, one JSON object to a line")
	f.Var(&qrels, "qrels", "`file` of judgements: query, document and grade, separated by tabs")
	f.StringVar(&o.locale, "locale", "en", "`language` of documents that do not say theirs, and of the readers")
	f.IntVar(&o.worst, "worst", 0, "show so many of the queries that are answered worst")
	f.StringVar(&floor, "floor", "", "fail if nDCG@10 is lower: one `number`, or one for each collection with commas between")
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	if len(docs) != len(queries) || len(docs) != len(qrels) {
		return nil, fmt.Errorf("-docs, -queries and -qrels go together, but there are %d, %d and %d", len(docs), len(queries), len(qrels))
	}
	for i := range docs {
		o.collections = append(o.collections, collection{filepath.Base(filepath.Dir(docs[i])), docs[i], queries[i], qrels[i]})
	}
	for _, dir := range f.Args() {
		o.collections = append(o.collections, collection{
			filepath.Base(dir), filepath.Join(dir, "docs.jsonl"), filepath.Join(dir, "queries.jsonl"), filepath.Join(dir, "qrels.tsv"),
		})
	}
	if len(o.collections) == 0 {
		f.Usage()
		return nil, errors.New("no collection: give -docs, -queries and -qrels, or a folder")
	}
	return o, o.parseFloors(floor)
}

func (o *options) parseFloors(text string) error {
	if text == "" {
		return nil
	}
	for part := range strings.SplitSeq(text, ",") {
		v, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil || v < 0 || v > 1 {
			return fmt.Errorf("-floor %s: %q is not a number from 0 to 1", text, part)
		}
		o.floors = append(o.floors, v)
	}
	if len(o.floors) != 1 && len(o.floors) != len(o.collections) {
		return fmt.Errorf("-floor %s: %d numbers for %d collections", text, len(o.floors), len(o.collections))
	}
	return nil
}

// floor returns what the ith collection has to reach.
func (o *options) floor(i int) float64 {
	switch len(o.floors) {
	case 0:
		return 0
	case 1:
		return o.floors[0]
	}
	return o.floors[i]
}

// errLow says that a collection is below its floor.
var errLow = errors.New("below the floor")

func (o *options) measure(ctx context.Context, out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "collection\tdocuments\tqueries\tnDCG@10\tMRR@10\trecall@10\tindexed in\tmedian search\t")
	var low error
	var notes []string
	for i, c := range o.collections {
		r, err := evaluate(ctx, c, o.locale)
		if err != nil {
			return err
		}
		m := r.mean()
		fmt.Fprintf(table, "%s\t%d\t%d\t%.4f\t%.4f\t%.4f\t%v\t%v\t\n", c.name, r.documents, len(r.queries), m.ndcg, m.mrr, m.recall,
			r.indexed.Round(time.Millisecond), r.median().Round(10*time.Microsecond))
		if m.ndcg < o.floor(i) {
			low = errors.Join(low, fmt.Errorf("%s: nDCG@10 of %.4f is %w of %.4f", c.name, m.ndcg, errLow, o.floor(i)))
		}
		notes = append(notes, r.worst(c.name, o.worst)...)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, n := range notes {
		fmt.Fprintln(out, n)
	}
	return low
}
