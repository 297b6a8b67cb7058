namespace TimeSeries.Tests.Decoding;

/// <summary>The ways in which samples are written.</summary>
internal enum SampleForm
{
    Rows,
    Table,
    Columns,
    Coded,
}
