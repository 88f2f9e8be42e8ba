package markdown

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	tables "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// boundedTable keeps goldmark from filling up short rows of wide tables without
// end.
type boundedTable struct{ parser.ParagraphTransformer }

func (b boundedTable) Transform(node *ast.Paragraph, reader text.Reader, pc parser.Context) {
	lines, source := node.Lines(), reader.Source()
	columns, padding, escapes := 0, 0, 0
	for i := range lines.Len() {
		line := lines.At(i)
		pipes := bytes.Count(line.Value(source), []byte("|"))
		escapes += bytes.Count(line.Value(source), []byte(`\|`))
		columns = max(columns, pipes+1)
		padding += columns - pipes
	}
	if columns > 1 && (!spend(pc, paddingKey, padding-lines.Len(), maxPadding) || !spend(pc, escapesKey, escapes, maxEscapes)) {
		return
	}
	b.ParagraphTransformer.Transform(node, reader, pc)
}

// pipeTable makes a table of a paragraph whose every line begins and ends with
// a pipe. kramdown needs no delimiter row; GitHub does and shows the pipes.
type pipeTable struct{}

func (pipeTable) Transform(node *ast.Paragraph, reader text.Reader, pc parser.Context) {
	rows := pipeRows(node, reader.Source())
	if len(rows) < 2 || !spend(pc, paddingKey, padding(rows), maxPadding) {
		return
	}
	aligns := make([]tables.Alignment, len(rows[0]))
	for i := range aligns {
		aligns[i] = tables.AlignNone
	}
	table := tables.NewTable()
	table.Alignments = aligns
	table.SetPos(node.Pos())
	for i, cells := range rows {
		row := tableRow(cells, aligns)
		if i == 0 {
			table.AppendChild(table, tables.NewTableHeader(row))
			continue
		}
		table.AppendChild(table, row)
	}
	node.Parent().ReplaceChild(node.Parent(), node, table)
}

// padding returns the number of cells that the rows lack.
func padding(rows [][]text.Segment) int {
	lacking := 0
	for _, cells := range rows {
		lacking += max(0, len(rows[0])-len(cells))
	}
	return lacking
}

func tableRow(cells []text.Segment, aligns []tables.Alignment) *tables.TableRow {
	row := tables.NewTableRow(aligns)
	for i := range aligns {
		cell := tables.NewTableCell()
		cell.Alignment = aligns[i]
		if i < len(cells) {
			cell.Lines().Append(cells[i])
		}
		row.AppendChild(row, cell)
	}
	return row
}

// pipeRows returns the cells of each line, or nil if a line is not a row.
func pipeRows(node *ast.Paragraph, source []byte) [][]text.Segment {
	var rows [][]text.Segment
	for i := range node.Lines().Len() {
		line := trimmed(node.Lines().At(i), source)
		row := line.Value(source)
		if len(row) < 3 || row[0] != '|' || row[len(row)-1] != '|' || row[len(row)-2] == '\\' {
			return nil
		}
		if i == 1 && len(bytes.Trim(row, "|-: ")) == 0 {
			continue // a delimiter row that does not fit the header
		}
		cells := pipeCells(line, source)
		if len(cells) < 2 {
			return nil
		}
		rows = append(rows, cells)
	}
	return rows
}

func trimmed(s text.Segment, source []byte) text.Segment {
	s = s.TrimLeftSpace(source)
	return s.TrimRightSpace(source)
}

// pipeCells cuts a row at the pipes that are neither escaped nor code.
func pipeCells(line text.Segment, source []byte) []text.Segment {
	var cells []text.Segment
	start, code := line.Start+1, false
	for i := start; i < line.Stop; i++ {
		switch source[i] {
		case '`':
			code = !code
		case '\\':
			i++
		case '|':
			if !code || i == line.Stop-1 {
				cells = append(cells, trimmed(text.NewSegment(start, i), source))
				start = i + 1
			}
		}
	}
	return cells
}
