namespace TimeSeries.Core.Codecs;

/// <summary>How a column stands in a batch's bytes. The values are stored and never change.</summary>
internal enum ColumnEncoding : byte
{
    /// <summary>Numbers as distances from the smallest.</summary>
    Numbers = 1,

    /// <summary>Numbers as distances from one less than the smallest; 0 stands for missing.</summary>
    NumbersWithMissing = 2,

    /// <summary>The first number, then the differences, as distances from the smallest difference.</summary>
    Differences = 3,

    /// <summary>One text for all rows.</summary>
    SameText = 16,

    /// <summary>A text of its own for each row, in the order of rows.</summary>
    TextPerRow = 17,

    /// <summary>A bitmap of the rows that have a text, then as <see cref="TextPerRow"/>.</summary>
    TextPerRowWithMissing = 18,

    /// <summary>A dictionary and a code a row, one more than the text's place in it; 0 stands for missing.</summary>
    Codes = 19,
}
