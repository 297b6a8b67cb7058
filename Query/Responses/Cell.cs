namespace TimeSeries.Query.Responses;

/// <summary>One value of a response as UTF-8, so that it reads the same in every format.</summary>
internal readonly ref struct Cell(CellForm form, ReadOnlySpan<byte> utf8)
{
    public CellForm Form { get; } = form;

    public ReadOnlySpan<byte> Utf8 { get; } = utf8;

    public static Cell Missing => default;

    public static Cell Boolean(bool value) => new(CellForm.Boolean, value ? "true"u8 : "false"u8);

    public static Cell Integer(ReadOnlySpan<byte> utf8) => new(CellForm.Integer, utf8);

    public static Cell Fraction(ReadOnlySpan<byte> utf8) => new(CellForm.Fraction, utf8);

    /// <summary>A number that is kept in so many decimals.</summary>
    public static Cell Number(ReadOnlySpan<byte> utf8, int decimals) => decimals == 0 ? Integer(utf8) : Fraction(utf8);

    public static Cell Text(ReadOnlySpan<byte> utf8) => new(CellForm.Text, utf8);

    public static Cell Object(ReadOnlySpan<byte> utf8) => new(CellForm.Object, utf8);
}

/// <summary>What a cell of a response holds.</summary>
internal enum CellForm : byte
{
    Missing,

    Boolean,

    /// <summary>A whole number of any size.</summary>
    Integer,

    /// <summary>A number that may have a fraction.</summary>
    Fraction,

    Text,

    /// <summary>A JSON object.</summary>
    Object,
}
