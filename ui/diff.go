package ui

import "slices"

// difference is a line of a diff: "+" new, "-" gone, " " in both.
type difference struct{ sign, text string }

// diff compares two texts by lines, by their longest common part. They are policy documents: short enough for the square
// of their length.
func diff(before, after []string) []difference {
	common := make([][]int, len(before)+1)
	for i := range common {
		common[i] = make([]int, len(after)+1)
	}
	for i, b := range slices.Backward(before) {
		for j := len(after) - 1; j >= 0; j-- {
			if b == after[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	return path(before, after, common)
}

// path walks the table of common parts.
func path(before, after []string, common [][]int) []difference {
	var out []difference
	i, j := 0, 0
	for i < len(before) || j < len(after) {
		switch {
		case i < len(before) && j < len(after) && before[i] == after[j]:
			out = append(out, difference{" ", before[i]})
			i, j = i+1, j+1
		case j == len(after) || i < len(before) && common[i+1][j] >= common[i][j+1]:
			out = append(out, difference{"-", before[i]})
			i++
		default:
			out = append(out, difference{"+", after[j]})
			j++
		}
	}
	return out
}

// Differences tells each line of a comparison in order, with its sign: "+" new, "-" gone, " " in both.
func Differences(before, after []string, tell func(sign, text string)) {
	for _, d := range diff(before, after) {
		tell(d.sign, d.text)
	}
}
