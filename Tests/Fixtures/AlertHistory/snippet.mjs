// 페이징 조회
const response = await fetch(
'https://localhost:5001/api/v1.0/alert-history?page=1&pageSize=20'
).then(res => res.json());

console.log(`Total Alerts: ${response.totalCount}`);
response.records.forEach(alert => {
console.log(`[${alert.severity}] ${alert.title}`);
});

// 심각도별 통계 차트 데이터
const stats = await fetch(
'https://localhost:5001/api/v1.0/alert-history/stats/severity'
).then(res => res.json());

// Chart.js 등으로 시각화
const chartData = {
labels: stats.map(s => s.severity),
data: stats.map(s => s.count)
};
