using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Core.Aggregate;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Hosting.Projects;
using TimeSeries.Query.Families.WhaTap;
using TimeSeries.Query.Responses;

namespace TimeSeries.Benchmarks.Micro;

/// <summary>An aggregated result turned into a vendor's response, a record.</summary>
[MemoryDiagnoser]
[AllocationGate]
public class ShaperBenchmarks
{
    private const int Records = 400;

    private QueryResult _result = null!;
    private Action<Utf8JsonWriter, QueryResult, int> _write = null!;
    private DefaultHttpContext _context = null!;

    [GlobalSetup]
    public void Prepare()
    {
        WhatapCall call = new(new Project(GeneratedBatch.Pcode, "", TimeSpan.FromSeconds(1.2), []), new DefaultHttpContext().Request, new Timestamp(0));
        SampleQuery query = TransactionStatistic.List.QueryOf(call, TimeRange.All);
        _write = TransactionStatistic.List.WriteRecord;
        Aggregation aggregation = new(query);
        for (int seed = 0; seed < 3; seed++)
        {
            aggregation.Add(new TableChunk(GeneratedBatch.Make(Kind.Transaction, MicroSizes.BatchSamples, seed).Find(Kind.Transaction)!), TimeRange.All);
        }

        _result = aggregation.Complete();
        if (_result.RowCount != Records)
        {
            throw new InvalidOperationException($"There are {_result.RowCount} services, not {Records}.");
        }

        _context = new DefaultHttpContext();
        _context.Response.Body = Stream.Null;
    }

    [Benchmark(OperationsPerInvoke = Records)]
    public async Task Transactions()
    {
        await using JsonResponse response = await JsonResponse.StartAsync(_context);
        response.Json.WriteStartArray();
        for (int row = 0; row < _result.RowCount; row++)
        {
            response.Json.WriteStartObject();
            _write(response.Json, _result, row);
            response.Json.WriteEndObject();
            await response.FlushWhenFullAsync();
        }

        response.Json.WriteEndArray();
    }
}
