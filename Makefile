.PHONY: test race lint demo bench check slowest

# What the README says. PostgreSQL and Chromium tests skip, with the reason,
# where there is neither.
test:
	go test ./...

# Nothing skips: needs PostgreSQL's and Chromium's programs installed.
check:
	STOA_TEST_REQUIRE=postgres,chromium go test ./...

# Where the time goes, and what failed: packages first, then tests.
slowest:
	go test -json ./... | go run ./internal/slowest

race:
	go test -race ./...

lint:
	go vet ./...
	test -z "$$(gofmt -l .)"
	golangci-lint run

bench:
	go test -run '^$$' -bench . ./search/blevesearch ./analytics ./examples/portal/site ./internal/web

demo:
	go run ./examples/portal
