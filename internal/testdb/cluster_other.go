//go:build !unix

package testdb

import "errors"

func cluster() (string, error) {
	return "", errors.New("throw-away clusters are only made on Unix")
}
