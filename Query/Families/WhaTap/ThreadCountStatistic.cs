using System.Text.Json;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;

namespace TimeSeries.Query.Families.WhaTap;

/// <summary>
/// <c>thread_count</c>: how many threads each agent had, a point every 5 minutes, or with <c>avg</c> the mean of all agents.
/// Its range is whole buckets, from the one of stime to the one of etime, both included.
/// </summary>
internal static class ThreadCountStatistic
{
    private static readonly KindSchema _schema = SampleSchema.Of(Kind.Thread);

    public static WhatapPlan Plan(WhatapCall call)
    {
        if (ThreadCountPath.TryRead(call, out ThreadCountPath path) is { } wrong
            || (wrong = WhatapPeriod.TryRead(path.StartTime, path.EndTime, call.Now, out TimeRange period)) is not null
            || (wrong = AgentIds.TryRead(path.Agents, out List<long> agents)) is not null)
        {
            return WhatapPlan.BadParameter(wrong);
        }

        // A group a bucket and agent; the rollup of agents counts all samples with a name, and every thread sample has one.
        Filter named = Filter.Present(KindSchema.Oname);
        SampleQuery query = new()
        {
            Pcode = call.Project.Pcode,
            Kind = Kind.Thread,
            Range = new TimeRange(WhatapPeriod.Floor(period.From), WhatapPeriod.Floor(period.To) + WhatapPeriod.BucketMilliseconds),
            WindowMilliseconds = WhatapPeriod.BucketMilliseconds,
            GroupBy = [new GroupField(KindSchema.Oid), new GroupField(KindSchema.Oname)],
            Measures = [new(MeasureKind.Count), new(MeasureKind.Sum, _schema.Ordinal("count"))],
            Filters = path.Agents is null ? [named] : [named, Filter.OfNumbers(KindSchema.Oid, FilterOperator.AnyOf, [.. agents])],
            Order = path.IsMean
                ? [new OrderTerm(OrderBy.Window)]
                : [new OrderTerm(OrderBy.Key, ThreadCountSeries.Oname), new OrderTerm(OrderBy.Key, ThreadCountSeries.Oid), new OrderTerm(OrderBy.Window)],
        };
        return WhatapPlan.Of(query, async (response, result) =>
        {
            Utf8JsonWriter json = response.Json;
            json.WriteStartObject();
            json.WriteNumber("pcode"u8, call.Project.Pcode);
            json.WriteString("type"u8, "thread_count"u8);
            json.WriteNumber("stime"u8, period.From);
            json.WriteNumber("etime"u8, period.To);
            json.WriteNumber("interval"u8, WhatapPeriod.BucketMilliseconds / 1_000);
            json.WriteString("timeMerge"u8, "sum"u8);
            await (path.IsMean ? ThreadCountSeries.WriteMeanAsync(response, result) : ThreadCountSeries.WriteAgentsAsync(response, result));
            json.WriteEndObject();
        });
    }
}
