namespace TimeSeries.Core.Model.Queries;

/// <summary>What rows are sorted by.</summary>
public enum OrderBy : byte
{
    /// <summary>The value of a measure of the query (not a sketch, a set or a text).</summary>
    Measure,

    /// <summary>The exact quotient of two measures of the query; a denominator of 0 counts as quotient 0.</summary>
    Ratio,

    /// <summary>A part of the key, texts by UTF-8 bytes, missing first.</summary>
    Key,

    /// <summary>The start of the window.</summary>
    Window,

    /// <summary>A quantile of a sketch measure; groups without a value are the smallest.</summary>
    Quantile,

    /// <summary>The exact quotient of two measures of the query, where groups with a denominator of 0 have none and are the smallest.</summary>
    Mean,

    /// <summary>
    /// The exact standard deviation of a number field, by its sum of squares, its sum and the count of samples that have it;
    /// groups without a value are the smallest.
    /// </summary>
    Deviation,

    /// <summary>The exact quotient of a count and that part of the row's window that lies in the query's range.</summary>
    Rate,
}
