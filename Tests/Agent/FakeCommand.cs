using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace TimeSeries.Tests.Agent;

/// <summary>A command that is never run, on a connection that is never opened.</summary>
internal sealed class FakeCommand(string text, string dataSource) : DbCommand
{
    [AllowNull]
    public override string CommandText { get; set; } = text;

    public override int CommandTimeout { get; set; }

    public override CommandType CommandType { get; set; }

    public override bool DesignTimeVisible { get; set; }

    public override UpdateRowSource UpdatedRowSource { get; set; }

    protected override DbConnection? DbConnection { get; set; } = new FakeConnection(dataSource);

    protected override DbParameterCollection DbParameterCollection => throw new NotSupportedException();

    protected override DbTransaction? DbTransaction { get; set; }

    public override void Cancel() => throw new NotSupportedException();

    public override int ExecuteNonQuery() => throw new NotSupportedException();

    public override object? ExecuteScalar() => throw new NotSupportedException();

    public override void Prepare() => throw new NotSupportedException();

    protected override DbParameter CreateDbParameter() => throw new NotSupportedException();

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => throw new NotSupportedException();

    // Whoever reads its connection string fails.
    private sealed class FakeConnection(string dataSource) : DbConnection
    {
        [AllowNull]
        public override string ConnectionString
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override string Database => "shop";

        public override string DataSource => dataSource;

        public override string ServerVersion => throw new NotSupportedException();

        public override ConnectionState State => ConnectionState.Closed;

        public override void ChangeDatabase(string databaseName) => throw new NotSupportedException();

        public override void Close()
        {
        }

        public override void Open() => throw new NotSupportedException();

        protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => throw new NotSupportedException();

        protected override DbCommand CreateDbCommand() => throw new NotSupportedException();
    }
}
