namespace TimeSeries.Hosting.Web;

/// <summary>Finds the known name that is most like one that is not known, so that a typo shows.</summary>
public static class NearestName
{
    // A name is compared this far: nobody mistypes more, and the cost stays small whatever is sent.
    private const int MaxLength = 64;

    // What is part of the other is as near as two wrong letters: groupBy means by.
    private const int PartDistance = 2;

    /// <summary>The known name with the fewest letters to change, in any case.</summary>
    public static string Find(string name, IEnumerable<string> known)
    {
        string searched = name[..Math.Min(name.Length, MaxLength)];
        return known.MinBy(candidate => Distance(searched, candidate))!;
    }

    private static int Distance(string left, string right)
    {
        bool isPart = left.Length > 0 && (left.Contains(right, StringComparison.OrdinalIgnoreCase) || right.Contains(left, StringComparison.OrdinalIgnoreCase));
        return Math.Min(Changes(left, right), isPart ? PartDistance : int.MaxValue);
    }

    // Levenshtein, row by row.
    private static int Changes(string left, string right)
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 0; i < left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i + 1;
            for (int j = 0; j < right.Length; j++)
            {
                int changed = diagonal + (char.ToUpperInvariant(left[i]) == char.ToUpperInvariant(right[j]) ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(changed, Math.Min(diagonal, row[j]) + 1);
            }
        }

        return row[^1];
    }
}
