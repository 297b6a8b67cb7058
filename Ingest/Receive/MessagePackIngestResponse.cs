using System.Buffers;
using MessagePack;
using TimeSeries.Core.Schema;
using TimeSeries.Ingest.Building;

namespace TimeSeries.Ingest.Receive;

/// <summary>Writes responses as MessagePack: the same map as in JSON.</summary>
internal static class MessagePackIngestResponse
{
    private const int MemberCount = 8;
    private const int ErrorMemberCount = 4;

    public static void Write(IBufferWriter<byte> output, IngestResponse answer)
    {
        MessagePackWriter writer = new(output);
        writer.WriteMapHeader(MemberCount + (answer.IsStored is null ? 0 : 1));
        writer.Write("accepted");
        writer.Write(answer.Counts.Accepted);
        writer.Write("rejected");
        writer.Write(answer.Counts.Rejected);
        writer.Write("duplicates");
        writer.Write(answer.Counts.Duplicates);
        writer.Write("truncated");
        writer.Write(answer.Counts.Truncated);
        writer.Write("duplicate");
        writer.Write(answer.IsDuplicate);
        if (answer.IsStored is { } isStored)
        {
            writer.Write("stored");
            writer.Write(isStored);
        }

        writer.Write("errors");
        writer.WriteArrayHeader(answer.Errors.Count);
        foreach (SampleError error in answer.Errors)
        {
            WriteError(ref writer, error);
        }

        writer.Write("unknown");
        writer.WriteArrayHeader(answer.Unknown.Count);
        foreach (string name in answer.Unknown)
        {
            writer.Write(name);
        }

        writer.Write("position");
        writer.Write(answer.Position);
        writer.Flush();
    }

    private static void WriteError(ref MessagePackWriter writer, SampleError error)
    {
        writer.WriteMapHeader(ErrorMemberCount);
        writer.Write("kind");
        writer.Write(SampleSchema.Of(error.Kind).Name);
        writer.Write("index");
        writer.Write(error.Index);
        writer.Write("field");
        writer.Write(error.Field);
        writer.Write("reason");
        writer.Write(error.Reason);
    }
}
