package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// A collection is documents, queries and judgements.
type collection struct {
	name                 string
	docs, queries, qrels string // files
}

type document struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Text     string   `json:"text"`
	Keywords []string `json:"keywords"`
	Locale   string   `json:"locale"`
}

type query struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// judgements is grades, by query and document.
type judgements map[string]map[string]float64

const maxLine = 16 << 20 // bytes

// readLines calls each with each line that is not empty.
func readLines(path string, each func(line []byte) error) (err error) {
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	s := bufio.NewScanner(f)
	s.Buffer(nil, maxLine)
	n := 0
	for s.Scan() {
		n++
		if len(strings.TrimSpace(s.Text())) == 0 {
			continue
		}
		if err := each(s.Bytes()); err != nil {
			return fmt.Errorf("%s:%d: %w", path, n, err)
		}
	}
	if err := s.Err(); err != nil {
		return fmt.Errorf("%s:%d: %w", path, n+1, err)
	}
	if n == 0 {
		return fmt.Errorf("%s: empty", path)
	}
	return nil
}

// readObjects reads a file of JSON objects, whose IDs must differ.
func readObjects[T any](path string, id func(T) string) ([]T, error) {
	var out []T
	seen := map[string]bool{}
	err := readLines(path, func(line []byte) error {
		var v T
		if err := json.Unmarshal(line, &v); err != nil {
			return err
		}
		switch {
		case id(v) == "":
			return fmt.Errorf("no id")
		case seen[id(v)]:
			return fmt.Errorf("id %q once more", id(v))
		}
		seen[id(v)] = true
		out = append(out, v)
		return nil
	})
	return out, err
}

func (c collection) readDocuments() ([]document, error) {
	return readObjects(c.docs, func(d document) string { return d.ID })
}

// readJudged returns the queries that have judgements, and these.
func (c collection) readJudged(docs []document) ([]query, judgements, error) {
	queries, err := readObjects(c.queries, func(q query) string { return q.ID })
	if err != nil {
		return nil, nil, err
	}
	known, asked := map[string]bool{}, map[string]bool{}
	for _, d := range docs {
		known[d.ID] = true
	}
	for _, q := range queries {
		asked[q.ID] = true
	}
	grades := judgements{}
	err = readLines(c.qrels, func(line []byte) error { return grades.read(string(line), asked, known) })
	if err != nil {
		return nil, nil, err
	}
	var judged []query
	for _, q := range queries {
		if grades.any(q.ID) {
			judged = append(judged, q)
		}
	}
	if len(judged) == 0 {
		return nil, nil, fmt.Errorf("%s: no query has a relevant document", c.qrels)
	}
	return judged, grades, nil
}

// read takes in one line.
func (j judgements) read(line string, asked, known map[string]bool) error {
	fields := strings.Split(line, "\t")
	if len(fields) != 3 {
		return fmt.Errorf("%d fields instead of query, document and grade, separated by tabs", len(fields))
	}
	grade, err := strconv.ParseFloat(fields[2], 64)
	switch {
	case err != nil || grade < 0:
		return fmt.Errorf("grade %q is not a number from 0", fields[2])
	case !asked[fields[0]]:
		return fmt.Errorf("there is no query %q", fields[0])
	case !known[fields[1]]:
		return fmt.Errorf("there is no document %q", fields[1])
	}
	if j[fields[0]] == nil {
		j[fields[0]] = map[string]float64{}
	}
	j[fields[0]][fields[1]] = grade
	return nil
}

// any reports whether a query has a relevant document.
func (j judgements) any(query string) bool {
	for _, grade := range j[query] {
		if grade > 0 {
			return true
		}
	}
	return false
}
