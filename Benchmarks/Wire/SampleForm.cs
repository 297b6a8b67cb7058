namespace TimeSeries.Benchmarks.Wire;

/// <summary>The three forms of samples in a body.</summary>
public enum SampleForm
{
    /// <summary>An array of maps.</summary>
    Rows,

    /// <summary>Names once, then arrays.</summary>
    Table,

    /// <summary>One map of equally long arrays; dictionaries and packed numbers where the encoding has them.</summary>
    Columns,
}
