using System.Runtime.CompilerServices;
using TimeSeries.Core.Building;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Ingest.Protocols.Native.Wire;
using TimeSeries.Ingest.Receive;

namespace TimeSeries.Ingest.Protocols.Native.Layouts;

/// <summary>
/// Reads the samples of one kind, in whichever layout they come, into the kind's builder. A key that comes twice replaces its first value and that value's
/// error. Kept with its request and used again. Not thread safe.
/// </summary>
internal sealed class KindReader
{
    // A row that costs next to nothing on the wire must not make every column longer: whole rows, however sparse, need less than eight
    // bytes in columns for one on the wire.
    private const int MaxColumnBytesPerByte = 12;
    private const long FreeColumnBytes = 1 << 20;

    // oid, okind and onode, which the envelope gives to rows that don't have them.
    private const int AgentColumns = 3;

    private readonly NativeRequest _request;
    private KindBuilder? _builder;
    private long _maxColumnBytes;
    private long _maxRows;

    public KindReader(Kind kind, NativeRequest request)
    {
        Schema = SampleSchema.Of(kind);
        Names = FieldNames.Of(kind);
        _request = request;
        Map = new ColumnsOrTable(this);
    }

    public KindSchema Schema { get; }

    public FieldNames Names { get; }

    /// <summary>The order in which this body's maps name their fields.</summary>
    public KeyPredictor Keys { get; } = new();

    /// <summary>What reads samples that are one map.</summary>
    public ColumnsOrTable Map { get; }

    /// <summary>Entries of the dictionary being read; see <see cref="DictionaryEntries"/>.</summary>
    public DictionaryEntries Dictionary { get; } = new();

    /// <summary>Columns of the table being read; null where a value means nothing.</summary>
    public List<FieldBuilder?> TableColumns { get; } = [];

    /// <summary>What is wrong with the kind's samples as a whole.</summary>
    public DecodeError? Problem { get; set; }

    /// <summary>Whether the body is long enough for one more row.</summary>
    public bool HasRoom => Builder.Rows < _maxRows;

    // Begin attaches it. A check with a message of its own would keep this from being inlined, for each value.
    private KindBuilder Builder => _builder!;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FieldBuilder Column(int ordinal) => Builder.Field(ordinal);

    /// <summary>Starts with the batch's columns, empty, forgetting what came before.</summary>
    public void Begin(int bodyBytes)
    {
        _builder = _request.Builder.Of(Schema.Kind);
        _maxColumnBytes = FreeColumnBytes + (long)MaxColumnBytesPerByte * bodyBytes;
        Keys.Clear();
        Restart();
    }

    /// <summary>Forgets the samples that were read; they are read again or replaced.</summary>
    public void Restart()
    {
        Builder.Restart();
        Problem = null;
        SetWidth(0);
    }

    /// <summary>Forgets the batch, which belongs to someone else from now on.</summary>
    public void Detach()
    {
        _builder = null;
        Problem = null;
    }

    /// <summary>Says how many fields rows may have, by what was read so far.</summary>
    public void SetWidth(int fields) => _maxRows = _maxColumnBytes / (sizeof(long) * (fields + AgentColumns));

    /// <summary>Refuses a body whose samples are out of all proportion to its length.</summary>
    public DecodeError OutOfProportion(long position) =>
        new("The body holds far more rows than its length can fill with samples.", position, Schema.Name);

    /// <summary>Reads a value of the current row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ReadValue<TReader>(ref TReader reader, FieldBuilder column)
        where TReader : struct, IWireReader, allows ref struct
    {
        KindBuilder builder = Builder;
        builder.Note(column, ValueReader.Read(ref reader, column, builder.Rows));
    }

    /// <summary>Rejects the current row whatever its values are.</summary>
    public void RejectRow(RejectReason reason) => Builder.RejectRow(reason);

    public void EndRow() => Builder.EndRow();

    /// <summary>Says how many rows the columns have that were filled one by one.</summary>
    public void SetRows(int rows) => Builder.Rows = rows;

    /// <summary>Notes the outcome of a value of a column that is read by itself.</summary>
    public void Note(FieldBuilder column, int row, ValueOutcome outcome) => Builder.Note(column, row, outcome);

    /// <summary>Gives a row of a column that is read by itself the text that an index means.</summary>
    public void SetCoded(FieldBuilder column, int row, long index)
    {
        ValueOutcome outcome = Dictionary.Resolve(index, out int code, out RejectReason reason, out string? value);
        if (code != TextColumn.Missing)
        {
            column.SetCode(row, code);
        }

        if (outcome == ValueOutcome.Rejected)
        {
            Reject(column, row, reason, reason == RejectReason.BadIndex && column.Shows(row) ? FoundValue.Of(index) : value);
        }
        else
        {
            Note(column, row, outcome);
        }
    }

    public void Reject(FieldBuilder column, int row, RejectReason reason, string? value) => Builder.Reject(column, row, reason, value);

    public void AddUnknown(ReadOnlySpan<byte> name) => _request.Unknown.Add(Schema.Name, name);
}
