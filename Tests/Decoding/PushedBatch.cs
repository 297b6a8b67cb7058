using System.Globalization;
using System.Text;
using TimeSeries.Core.Building;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Ingest.Protocols.Native;
using TimeSeries.Ingest.Protocols.Native.Wire;
using TimeSeries.Ingest.Receive;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Decoding;

/// <summary>A body decoded and validated at a fixed time, with short ways to look at what came out.</summary>
internal sealed class PushedBatch
{
    /// <summary>The time of the tests' clock: 20 September 2023.</summary>
    public const long Now = 1_695_200_000_000;

    // The first half of a GUID of version 7 that is made at that time; the rest is random.
    private const string MadeGuid = "018ab1cb-3800-7";

    public const string Agent = "\"agent\":{\"oname\":\"shop\"}";

    private PushedBatch(byte[] body, BodyFormat format, BatchLimits limits)
    {
        Builder.Reset(new SampleBatch());
        Refusal = BatchDecoder.Decode(body, format, Request, Builder);
        Result = Refusal is null ? new BatchValidator(limits).Validate(Builder, 1, new Timestamp(Now)) : default;
        Received = Builder.RowCount;
    }

    public SampleBatchBuilder Builder { get; } = new();

    public NativeRequest Request { get; } = new();

    /// <summary>How many samples the body has, rejected ones too.</summary>
    public int Received { get; }

    public DecodeError? Refusal { get; }

    public ValidationResult Result { get; }

    public IReadOnlyList<SampleError> Errors => Builder.Rejected.List(100);

    /// <summary>The only error, as <c>field reason</c>.</summary>
    public string Error => Errors is [var only] ? $"{only.Field} {only.Reason}" : $"{Errors.Count} errors";

    public static PushedBatch Json(string body) => Json(Encoding.UTF8.GetBytes(body));

    public static PushedBatch Json(byte[] body) => new(body, BodyFormat.Json, new BatchLimits());

    public static PushedBatch Json(string body, BatchLimits limits) => new(Encoding.UTF8.GetBytes(body), BodyFormat.Json, limits);

    public static PushedBatch MessagePack(MessagePackBytes body) => MessagePack(body.ToArray());

    public static PushedBatch MessagePack(byte[] body) => new(body, BodyFormat.MessagePack, new BatchLimits());

    /// <summary>A batch of an agent with this as its transactions, in JSON.</summary>
    public static PushedBatch Transactions(string samples) => Json($"{{{Agent},\"transaction\":{samples}}}");

    /// <summary>A batch with one transaction that has these fields and the required ones.</summary>
    public static PushedBatch Transaction(string fields) => Transactions($"[{{\"time\":{Now},\"service\":\"/a\",\"elapsed\":1,{fields}}}]");

    /// <summary>A MessagePack batch of an agent, up to where the transactions stand.</summary>
    public static MessagePackBytes TransactionsHead() => new MessagePackBytes().Map(2).Text("agent").Map(1).Text("oname").Text("shop").Text("transaction");

    /// <summary>A MessagePack batch with one transaction, up to where the value of one more field stands.</summary>
    public static MessagePackBytes TransactionHead(string field) =>
        TransactionsHead().Array(1).Map(4).Text("time").Int(Now).Text("service").Text("/a").Text("elapsed").Int(1).Text(field);

    /// <summary>A number as kept; null when missing or when there is no such row.</summary>
    public long? Number(string field, int row = 0, Kind kind = Kind.Transaction)
    {
        SampleTable? table = Result.Batch?.Find(kind);
        NumberColumn? column = table?.FindNumbers(table.Schema.Ordinal(field));
        return column is null || row >= column.Count || column.Values[row] == NumberColumn.Missing ? null : column.Values[row];
    }

    /// <summary>A text; null when missing or when there is no such row.</summary>
    public string? Text(string field, int row = 0, Kind kind = Kind.Transaction)
    {
        SampleTable? table = Result.Batch?.Find(kind);
        TextColumn? column = table?.FindTexts(table.Schema.Ordinal(field));
        return column is null || row >= column.Count || column.Codes[row] < 0 ? null : Encoding.UTF8.GetString(column.Symbols[column.Codes[row]]);
    }

    /// <summary>Everything that came out, as text, to compare two bodies by.</summary>
    public string Describe()
    {
        if (Refusal is not null)
        {
            return "refused";
        }

        var text = new StringBuilder();
        foreach (KindSchema schema in SampleSchema.All)
        {
            int rows = Result.Batch?.Find(schema.Kind)?.RowCount ?? 0;
            for (int row = 0; row < rows; row++)
            {
                text.Append(schema.Name).Append(row);
                foreach (Field field in schema.Fields)
                {
                    text.Append('|').Append(field.IsText ? Shown(Text(field.Name, row, schema.Kind)) : Number(field.Name, row, schema.Kind)?.ToString() ?? "-");
                }

                text.Append('\n');
            }

            bool hasEmptyColumn = rows > 0 && schema.Fields.Any(field => Result.Batch!.Find(schema.Kind)!.Has(field.Ordinal)
                && Enumerable.Range(0, rows).All(row => Number(field.Name, row, schema.Kind) is null && Text(field.Name, row, schema.Kind) is null));
            text.Append(hasEmptyColumn ? "an empty column\n" : "");
        }

        foreach (SampleError error in Errors)
        {
            // One form sends as a float what another sends as an integer.
            string? value = double.TryParse(error.Value, CultureInfo.InvariantCulture, out double number) ? FoundValue.Of(number) : error.Value;
            text.Append(error with { Value = value }).Append('\n');
        }

        return text.Append(Received).Append(' ').Append(Result.Truncated).ToString();
    }

    private static string Shown(string? text) => text is null ? "-" : text.StartsWith(MadeGuid, StringComparison.Ordinal) ? "made" : text;
}
