// Command slowest reads what go test -json says and lists the packages and the
// tests that took longest, so that the next person sees where time goes.
package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
)

// shown is how many lines there are of each kind.
const shown = 25

// An event is a line of go test -json.
type event struct {
	Action, Package, Test string
	Elapsed               float64 // seconds
}

func main() {
	if err := list(os.Stdin, os.Stdout); err != nil {
		slog.Error("slowest", "error", err)
		os.Exit(1)
	}
}

func list(in io.Reader, out io.Writer) error {
	var packages, tests []event
	for lines := bufio.NewReader(in); ; {
		line, err := lines.ReadBytes('\n')
		var e event
		if json.Unmarshal(line, &e) == nil && (e.Action == "pass" || e.Action == "fail") {
			if e.Test == "" {
				packages = append(packages, e)
			} else {
				tests = append(tests, e)
			}
		}
		if err == io.EOF {
			break
		} else if err != nil {
			return err
		}
	}
	return write(out, packages, tests)
}

func write(out io.Writer, kinds ...[]event) error {
	for _, events := range kinds {
		slices.SortStableFunc(events, func(a, b event) int { return cmp.Compare(b.Elapsed, a.Elapsed) })
		for _, e := range events[:min(shown, len(events))] {
			if _, err := fmt.Fprintf(out, "%8.2f s  %s %s %s\n", e.Elapsed, e.Action, e.Package, e.Test); err != nil {
				return err
			}
		}
		if _, err := fmt.Fprintln(out); err != nil {
			return err
		}
	}
	return nil
}
